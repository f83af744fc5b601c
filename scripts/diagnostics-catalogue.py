#!/usr/bin/env python3
"""Writes Sources/Commands/Check/DiagnosticCatalogue+Entries.swift from docs/diagnostics.md.

With --check it only says whether the file is current, and whether every code in the sources has its paragraph.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/diagnostics.md"
TARGET = ROOT / "Sources/Commands/Check/DiagnosticCatalogue+Entries.swift"


def entries():
    """Number, title and text of every `### WRnnnn Title` section."""
    sections = re.split(r"^#{2,3} ", DOCUMENT.read_text(), flags=re.MULTILINE)[1:]
    for section in sections:
        heading, _, body = section.partition("\n")
        match = re.fullmatch(r"WR(\d{4}) (.+)", heading.strip())
        if match:
            yield int(match[1]), match[2], body.strip()


def rendered():
    lines = [
        "// swift-format-ignore-file",
        "// Written by scripts/diagnostics-catalogue.py from docs/diagnostics.md; change it there.",
        "",
        "extension DiagnosticCatalogue {",
        "    /// Ascending.",
        "    static let entries: [Entry] = [",
    ]
    for number, title, text in sorted(entries()):
        lines.append(f'        Entry({number}, #"{title}"#, #"""')
        lines += [f"            {line}".rstrip() for line in text.splitlines()]
        lines.append('            """#),')
    return "\n".join(lines + ["    ]", "}", ""])


def undocumented():
    known = {number for number, _, _ in entries()}
    for source in sorted((ROOT / "Sources").rglob("*.swift")):
        for match in re.finditer(r"static let (\w+) = DiagnosticCode\((\d+)\)", source.read_text()):
            if int(match[2]) not in known and match[1] != "unclassified":
                yield f"{source.relative_to(ROOT)}: {match[1]} (WR{match[2]}) has no paragraph in docs/diagnostics.md"


def main():
    numbers = [number for number, _, _ in entries()]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    problems = [f"docs/diagnostics.md: WR{number} stands twice" for number in twice] + list(undocumented())
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text() != rendered():
            problems.append(f"{TARGET.relative_to(ROOT)} is not current: run scripts/diagnostics-catalogue.py")
    else:
        TARGET.write_text(rendered())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
