"""Charts as geometry: frozen numbers in, shares and paths out; macros draw them as HTML and SVG."""
