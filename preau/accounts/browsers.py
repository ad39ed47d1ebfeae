"""What a browser says of itself, in two words that its owner knows."""

# In this order: most browsers also name those they come from.
_PROGRAMS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def program_and_system(user_agent: str) -> tuple[str, str]:
    """ "Firefox", "Windows". Empty where the browser says nothing that we know."""
    return _first(_PROGRAMS, user_agent), _first(_SYSTEMS, user_agent)


def _first(words: dict[str, str], text: str) -> str:
    return next((word for mark, word in words.items() if mark in text), "")
