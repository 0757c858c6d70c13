/* Thang for websites: window.thang.track(event, properties), .identify(userId, traits), .page(),
   .group(groupId, traits), .alias(userId), .consent(yes), .reset(). Nothing is stored or sent
   before consent. What was not confirmed is sent again: every call has its own messageId. */
(function (w, d) {
  "use strict";
  var tag = d.currentScript, to = tag.src.replace(/thang\.js.*$/, "batch"), key = tag.dataset.key;
  var early = Array.isArray(w.thang) ? w.thang : [], waits = [], busy = 0, timer = 0, tries = 0;
  var MOST = 500, SOME = 20, mem = {};

  function get(n) { try { return JSON.parse(localStorage.getItem("thang." + n)); } catch (e) { return mem[n]; } }
  function put(n, v) {
    mem[n] = v;
    try {
      if (v == null) localStorage.removeItem("thang." + n);
      else localStorage.setItem("thang." + n, JSON.stringify(v));
    } catch (e) { /* private windows: memory has it */ }
  }
  function id() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (b) {
      return (b + 256).toString(16).slice(1);
    }).join("");
  }
  function may() { return get("consent") === true; }
  function queue() { return get("queue") || []; }
  function body(some) {
    return JSON.stringify({ writeKey: key, sentAt: new Date().toISOString(), batch: some });
  }
  function later(s) { clearTimeout(timer); timer = setTimeout(send, s * 1000); }

  function send() {
    var some = queue().slice(0, SOME), sent = {};
    if (busy || !some.length || !may()) return;
    busy = 1;
    some.forEach(function (c) { sent[c.messageId] = 1; });
    fetch(to, { method: "POST", body: body(some), keepalive: true, credentials: "omit" }).then(function (r) {
      busy = 0;
      if (r.status === 429 || r.status > 499) return later(+r.headers.get("Retry-After") || wait());
      tries = 0;
      put("queue", queue().filter(function (c) { return !sent[c.messageId]; }));
      send();
    }, function () { busy = 0; later(wait()); });
  }
  function wait() { return Math.min(300, Math.pow(2, tries++)) * (0.5 + Math.random()); }

  function call(type, more) {
    var c = { type: type, messageId: id(), timestamp: new Date().toISOString(), context: { page: {
      url: location.origin + location.pathname, title: d.title, referrer: d.referrer.split("?")[0] } } };
    Object.assign(c, more);
    if (!may()) { if (get("consent") !== false && waits.length < MOST) waits.push(c); return; }
    keep(c);
    later(0.3);
  }
  function keep(c) {
    if (!get("id")) put("id", id());
    c.anonymousId = get("id");
    if (!c.userId && get("user")) c.userId = get("user");
    put("queue", queue().concat(c).slice(-MOST));
  }
  function forget() { ["id", "user", "queue"].forEach(function (n) { put(n, null); }); }

  var t = w.thang = {
    track: function (event, p) { call("track", { event: event, properties: p || {} }); },
    page: function (p) { call("page", { properties: Object.assign({ path: location.pathname, title: d.title }, p) }); },
    identify: function (user, traits) {
      if (may()) put("user", String(user));
      call("identify", { userId: String(user), traits: traits || {} });
    },
    group: function (group, traits) { call("group", { groupId: group, traits: traits || {} }); },
    alias: function (user) { call("alias", { previousId: get("user") || get("id"), userId: user }); },
    consent: function (yes) {
      put("consent", !!yes);
      if (yes) waits.forEach(keep); else forget();
      waits = [];
      if (yes) later(0);
    },
    reset: forget,
    push: function (a) { t[a[0]].apply(t, a.slice(1)); }
  };
  if (tag.dataset.consent === "granted" && get("consent") == null) put("consent", true);
  early.forEach(t.push);
  addEventListener("online", send);
  addEventListener("pagehide", function () {
    var some = queue().slice(0, SOME);
    if (some.length && may()) navigator.sendBeacon(to, body(some));
  });
  if (tag.dataset.page !== "off") t.page();
  later(0);
})(window, document);
