"""Programmes, pure: points, privileges, vouchers, referral rewards, care and invitations."""
