"""The test bank: the other side of the vads form protocol, with a book of its own.

Written from the protocol, not from the library that speaks our side of it. It is part of the
demonstration: in production none of its addresses exists.
"""
