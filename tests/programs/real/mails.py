"""Mails of random parts, the same bytes everywhere."""

import base64
import random
import re


def vocabulary(rng, size):
    parts = ("an", "be", "cor", "di", "el", "fa", "gre", "hin", "in", "jo", "ka", "lo", "men", "no", "or", "per", "qui",
             "re", "sta", "ti", "un", "ver", "wo", "xe", "ya", "zo")
    return ["".join(rng.choice(parts) for _ in range(rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(size)]


def prose(rng, known, count):
    """Words as Zipf has them, in sentences."""
    result = []
    for i in range(count):
        word = known[min(int(12 * rng.paretovariate(0.9)) - 12, len(known) - 1)]
        result.append(word.capitalize() if i % 11 == 0 else word)
        if i % 11 == 10:
            result[-1] += rng.choice((".", ".", "?", "!", ";"))
    return result


def mails_txt(_, path):
    rng = random.Random(2)
    known = vocabulary(rng, 3000)
    lines = []
    for number in range(600):
        sender = f"{rng.choice(known)}@{rng.choice(known)}.example"
        lines += [f"From {sender} Mon Jan  5 12:00:00 2026", f"From: {sender}", f"To: {rng.choice(known)}@here.example",
                  f"Subject: {' '.join(prose(rng, known, 6))}", f"Message-Id: <{number}.{rng.randrange(10 ** 9)}@x.example>",
                  "Received: from a.example", "\tby b.example; Mon, 5 Jan 2026", ""]
        for _ in range(rng.randrange(5, 60)):
            line = " ".join(prose(rng, known, rng.randrange(4, 13)))
            extra = rng.random()
            if extra < 0.05:
                line += f" FREE OFFER ${rng.randrange(100)}.99!!! http://{rng.choice(known)}.example/{rng.choice(known)}"
            elif extra < 0.2:
                line = "> " * rng.randrange(1, 4) + line
            elif extra < 0.25:
                line += f" {rng.choice(known)}@{rng.choice(known)}.example"
            elif extra < 0.28:
                line = "-" * rng.randrange(10, 70)
            lines.append(line)
        lines.append("")
    path.write_text("\n".join(lines))


def paragraphs(root):
    """Lists of lines: what Perl's documentation says in sentences."""
    result = []
    for path in sorted((root / "usr/share/perl/5.36.0/pod").glob("*.pod")):
        for paragraph in re.split(r"\n\n+", path.read_text("utf-8", "replace")):
            if re.match("[A-Z]", paragraph) and paragraph.isascii():
                result.append(re.sub(r"[A-Z]<+ *([^<>]*?) *>+", r"\1", paragraph).splitlines())
    return result


OFFERS = ("FREE OFFER", "Click here", "Dear friend", "money back guarantee", "100% free", "act now", "no obligation", "save up to 70%")


def text_of(rng, said, unwanted):
    lines = []
    for _ in range(rng.randrange(2, 12)):
        quoted = "> " * rng.randrange(1, 4) if rng.random() < 0.2 else ""
        lines += [quoted + line for line in rng.choice(said)]
        if unwanted and rng.random() < 0.5:
            lines.append(f"{rng.choice(OFFERS)}: ${rng.randrange(1000)}.99!!!")
        lines.append("")
    return lines


def as_page(rng, lines):
    """A mail's text as HTML."""
    result = ["<html><head><title>Read this</title></head><body bgcolor=#ffffff>"]
    for line in lines:
        text = line.replace("&", "&amp;").replace("<", "&lt;")
        kind = rng.random()
        if kind < 0.1:
            text = f'<a href="http://www{rng.randrange(100)}.example/{rng.randrange(10 ** 6)}?id={rng.randrange(10 ** 6)}">{text}</a><br>'
        elif kind < 0.2:
            text = f'<table width="{rng.randrange(100, 600)}"><tr><td><font size=+1 color="#{rng.randrange(1 << 24):06x}">{text}</font></td></tr></table>'
        result.append(text or "<p>")
    return [*result, "</body></html>"]


def parts_of(rng, lines):
    """(headers, body) of a mail: plain text, a page, both, or with something attached."""
    text, html = ["Content-Type: text/plain; charset=us-ascii"], ["Content-Type: text/html; charset=iso-8859-1"]
    kind = rng.random()
    if kind < 0.6:
        return text, lines
    if kind < 0.75:
        return html, as_page(rng, lines)
    mark = f"=_{rng.randrange(16 ** 12):012x}"
    if kind < 0.9:
        head, other = 'alternative', [*html, "", *as_page(rng, lines)]
    else:
        coded = base64.b64encode(rng.randbytes(rng.randrange(300, 6000))).decode()
        head, other = 'mixed', ["Content-Type: application/octet-stream; name=it.bin", "Content-Transfer-Encoding: base64",
                                "Content-Disposition: attachment; filename=it.bin", "", *(coded[i:i + 76] for i in range(0, len(coded), 76))]
    return (["MIME-Version: 1.0", f'Content-Type: multipart/{head}; boundary="{mark}"'],
            [f"--{mark}", *text, "", *lines, f"--{mark}", *other, f"--{mark}--"])


def address(rng, names):
    return f"{rng.choice(names)}@{rng.choice(names)}.example"


def header(rng, names, said, number):
    sender = address(rng, names)
    date = f"{rng.randrange(1, 29)} Jan 2026 {rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02} +0000"
    lines = [f"From {sender} Mon Jan  5 12:00:00 2026", f"Return-Path: <{sender}>"]
    for hop in range(rng.randrange(1, 5)):
        place = ".".join(str(rng.randrange(1, 255)) for _ in range(4))
        lines += [f"Received: from {rng.choice(names)}.example ({rng.choice(names)}.example [{place}])",
                  f"\tby host{hop}.example (Postfix) with ESMTP id {rng.randrange(16 ** 10):010X}", f"\tfor <{address(rng, names)}>; {date}"]
    lines += [f"Date: {date}", f"From: {rng.choice(names).capitalize()} {rng.choice(names).capitalize()} <{sender}>", f"To: {address(rng, names)}",
              f"Subject: {'Re: ' * (rng.random() < 0.3)}{rng.choice(said)[0]}", f"Message-ID: <{number}@x.example>"]
    if number > 20 and rng.random() < 0.4:
        lines.append(f"In-Reply-To: <{number - rng.randrange(1, 20)}@x.example>")
    return lines


def mailbox(root, path):
    """Mails of random parts in English, two in five of them unwanted."""
    rng = random.Random(9)
    names, said = vocabulary(rng, 500), paragraphs(root)
    lines = []
    for number in range(1600):
        more, body = parts_of(rng, text_of(rng, said, rng.random() < 0.4))
        lines += [*header(rng, names, said, number), *more, "", *body, ""]
    path.write_text("\n".join(lines), encoding="ascii")
