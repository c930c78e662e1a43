"""Version ranges as intervals: npm's, PEP 440's with what Poetry adds, and RubyGems'.

A range is a union of intervals, so it answers more than whether it allows a version: where it ends, and what it has in
common with a release line. That is how a range that no known release satisfies still finds its tag. The releases that
are compared are final ones; a pre-release in a range is a bound like any other.

Sources: https://github.com/npm/node-semver#ranges, https://peps.python.org/pep-0440/#version-specifiers,
https://python-poetry.org/docs/dependency-specification/#version-constraints,
https://guides.rubygems.org/patterns/#declaring-dependencies
"""

from msgspec import Struct

DIGITS = 18  # of a part of a version; Python itself refuses to read numbers of thousands
WILD = ("x", "X", "*")
OPERATORS = "<>=~^!"
SEMVER_OPERATORS = (">=", "<=", "~>", ">", "<", "~", "^", "=")
GEM_OPERATORS = ("~>", ">=", "<=", "!=", "=", ">", "<")
Stage = tuple[tuple[int, int, str], ...]
FINAL: Stage = ((3, 0, ""),)
LOWEST: Stage = ()  # before the first pre-release
PRE = {"a": "a", "alpha": "a", "b": "b", "beta": "b", "c": "rc", "rc": "rc", "pre": "rc", "preview": "rc"}


class Point(Struct, frozen=True):
    """A version: its numbers as written ("3.13" has two) and how far before, or after, the final release it is."""

    numbers: tuple[int, ...]
    stage: Stage = FINAL

    @property
    def key(self) -> tuple[tuple[int, ...], Stage]:
        """For comparing: 3.13 and 3.13.0 are one version."""
        end = len(self.numbers)
        while end and not self.numbers[end - 1]:
            end -= 1
        return self.numbers[:end], self.stage

    @property
    def text(self) -> str:
        """The numbers with dots."""
        return ".".join(map(str, self.numbers))


class Interval(Struct, frozen=True):
    """All versions between two; None has no end on that side."""

    low: Point | None = None
    high: Point | None = None
    has_low: bool = True
    has_high: bool = False

    def has(self, point: Point) -> bool:
        """Whether a version is in it."""
        if self.low is not None and (point.key < self.low.key or (point.key == self.low.key and not self.has_low)):
            return False
        return self.high is None or point.key < self.high.key or (point.key == self.high.key and self.has_high)


Range = tuple[Interval, ...]
ANY: Range = (Interval(),)


def contains(allowed: Range, version: str) -> bool:
    """Whether a range allows a final release, "3.13.1"."""
    point = Point(numbers(version))
    return any(interval.has(point) for interval in allowed)


def both(first: Range, second: Range) -> Range:
    """What two ranges have in common."""
    found = []
    for one in first:
        for other in second:
            low, has_low = max(((i.low, i.has_low) for i in (one, other)), key=_low)
            high, has_high = min(((i.high, i.has_high) for i in (one, other)), key=_high)
            if low is None or high is None or low.key < high.key or (low.key == high.key and has_low and has_high):
                found.append(Interval(low, high, has_low, has_high))
    return tuple(found)


def line(text: str) -> Range:
    """All versions of a release line, "24" or "3.13"."""
    return (_from_to(numbers(text)),)


def highest(allowed: Range) -> Interval:
    """The interval that reaches highest. Raises ValueError for a range without any."""
    return max(allowed, key=lambda one: _high((one.high, one.has_high)))


def numbers(text: str) -> tuple[int, ...]:
    """The numbers of a version. Raises ValueError for anything else."""
    parts = text.split(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= DIGITS for part in parts):
        raise ValueError(f"not a version: {text[:40]}")
    return tuple(int(part) for part in parts)


def semver(text: str) -> Range:
    """npm's range: ">=20 <23", "^20.11.1 || 22.x", "18 - 20". Raises ValueError when the text is none."""
    found: list[Interval] = []
    for either in text.split("||"):
        words = _words(either)
        if len(words) == 3 and words[1] == "-":
            first, last = _semver_point(words[0]), _semver_point(words[2], loose="-" in words[2])
            low = Interval(first) if first.numbers else Interval()
            found += both((low,), _semver_comparator("<=", last))
            continue
        allowed = ANY
        for word in words:
            operator = next((one for one in SEMVER_OPERATORS if word.startswith(one)), "")
            point = _semver_point(word[len(operator) :], loose=operator[:1] in ("^", "~"))
            allowed = both(allowed, _semver_comparator(operator, point))
        found += allowed
    return tuple(found)


def pep440(text: str) -> Range:
    """PEP 440's specifiers, or Poetry's constraints: ">=3.11,<3.14", "^3.11 || ~3.9". Raises ValueError for others.

    A version alone means its line, "3.12" any 3.12; blanks separate as commas do.
    """
    found: list[Interval] = []
    for either in text.replace("||", "|").split("|"):
        allowed = ANY
        for word in _words(either.replace(",", " ")):
            version = word.lstrip(OPERATORS)
            operator = word[: len(word) - len(version)]
            allowed = both(allowed, _pep440_specifier(operator, version.removeprefix("v")))
        found += allowed
    return tuple(found)


def gem(text: str) -> Range:
    """RubyGems' requirements, all of which hold: "~> 3.3", ">= 3.2, < 3.5". A version alone is exactly that one.

    Raises ValueError when the text is none.
    """
    allowed = ANY
    for word in text.split(","):
        operator = next((one for one in GEM_OPERATORS if word.strip().startswith(one)), "")
        allowed = both(allowed, _gem_requirement(operator, _gem_point(word.strip()[len(operator) :].strip())))
    return allowed


def release_key(version: str) -> tuple[tuple[int, ...], Stage]:
    """A final or post release of PEP 440 for comparing. Raises ValueError for others."""
    point = _pep440_point(version.removeprefix("v"))
    if not point.numbers or point.stage < FINAL:
        raise ValueError(f"not a release: {version[:40]}")
    return point.key


def requirement(allowed: Range) -> str:
    """The highest interval of a range as PEP 440 writes it, for pip: ">=0.8,<0.10"; "" for any version."""
    one = highest(allowed)
    parts = [] if one.low is None else [f"{'>=' if one.has_low else '>'}{one.low.text}"]
    parts += [] if one.high is None else [f"{'<=' if one.has_high else '<'}{one.high.text}"]
    return ",".join(parts)


def _low(end: tuple[Point | None, bool]) -> tuple[object, ...]:
    """The order of lower ends: none first, and of two at one version the one that has it."""
    point, has = end
    return (False,) if point is None else (True, point.key, not has)


def _high(end: tuple[Point | None, bool]) -> tuple[object, ...]:
    """The order of upper ends: none last, and of two at one version the one that has it."""
    point, has = end
    return (True,) if point is None else (False, point.key, has)


def _words(text: str) -> list[str]:
    """The comparators, whatever blanks are between them and after their operators."""
    words: list[str] = []
    for word in text.split():
        if words and not words[-1].strip(f"{OPERATORS}v"):
            words[-1] += word
        else:
            words.append(word)
    return words


def _next(release: tuple[int, ...]) -> Point:
    """Where the line after that of some numbers begins, its pre-releases with it."""
    return Point((*release[:-1], release[-1] + 1), LOWEST)


def _from_to(release: tuple[int, ...]) -> Interval:
    """A line: "3.12" as [3.12, 3.13)."""
    return Interval(Point(release), _next(release)) if release else Interval()


def _caret(point: Point) -> Interval:
    """Up to the next change of the first number that is not 0; of zeros alone the last one written."""
    first = next((i for i, number in enumerate(point.numbers) if number), len(point.numbers) - 1)
    return Interval(point, _next(point.numbers[: first + 1]))


def _semver_point(text: str, *, loose: bool = False) -> Point:
    """A version or the start of one: "20.x" has one number, "*" none. `loose` allows "=" before a whole one."""
    core, _, _ = text.lstrip("v=").partition("+")
    core, dash, pre = core.partition("-")
    parts = core.split(".")
    known = next((i for i, part in enumerate(parts) if part in WILD), len(parts))
    wrong = len(parts) > 3 or any(part not in WILD for part in parts[known:]) or (dash and len(parts) < 3)
    if wrong or any(part[:1] == "0" and part != "0" for part in parts):
        raise ValueError(f"not a version: {text[:40]}")
    release = numbers(".".join(parts[:known])) if known else ()
    if len(release) == 3 and "=" in text[:2] and not loose:
        raise ValueError(f"two operators: {text[:40]}")
    if not dash or known < 3:
        return Point(release)
    identifiers = pre.split(".")
    if not all(one.isascii() and one.replace("-", "a").isalnum() for one in identifiers):
        raise ValueError(f"not a pre-release: {text[:40]}")
    return Point(release, tuple((0, int(one), "") if _is_number(one) else (1, 0, one) for one in identifiers))


def _is_number(text: str) -> bool:
    return text.isdigit() and len(text) <= DIGITS


def _semver_comparator(operator: str, point: Point) -> Range:
    release = point.numbers
    whole = len(release) == 3
    match operator:
        case "^" | "~" | "~>" if not release:
            return ANY
        case "^":
            return (_caret(point),)
        case "~" | "~>":
            return (Interval(point, _next(release[:2])),)
        case "" | "=":
            return (Interval(point, point, True, True),) if whole else (_from_to(release),)
        case ">=":
            return (Interval(point),) if release else ANY
        case "<":
            return (Interval(None, point if whole else Point(release, LOWEST)),) if release else ()
        case ">":
            return () if not release else (Interval(point, has_low=False),) if whole else (Interval(_next(release)),)
        case "<=":
            return (
                ANY
                if not release
                else (Interval(None, point, True, True) if whole else Interval(None, _next(release)),)
            )
    raise ValueError(f"not an operator: {operator}")


def _pep440_specifier(operator: str, text: str) -> Range:
    wild = any(part in WILD for part in text.split("."))
    point = _pep440_point(text)
    release = point.numbers
    line_wanted = wild or (operator in ("", "=") and len(release) < 3 and point.stage == FINAL)
    if wild and operator not in ("", "=", "==", "!="):
        raise ValueError(f"{operator} takes no wildcard")
    match operator:
        case "" | "=" | "==" | "===":
            return (_from_to(release),) if line_wanted else (Interval(point, point, True, True),)
        case "!=":
            out = _from_to(release) if wild else Interval(point, point, True, True)
            return (Interval(None, out.low), Interval(out.high, None, not out.has_high))
        case "^":
            return (_caret(point),)
        case "~":
            return (Interval(point, _next(release[:2])),)
        case "~=" if len(release) > 1:
            return (Interval(point, _next(release[:-1])),)
        case ">=":
            return (Interval(point),)
        case ">":
            return (Interval(point, has_low=False),)
        case "<=":
            return (Interval(None, point, True, True),)
        case "<":  # 3.14.0rc1 is not below 3.14
            return (Interval(None, Point(release, LOWEST) if point.stage == FINAL else point),)
    raise ValueError(f"not an operator: {operator}")


def _gem_requirement(operator: str, point: Point) -> Range:
    release = point.numbers
    match operator:
        case "" | "=":
            return (Interval(point, point, True, True),)
        case "!=":
            return (Interval(None, point), Interval(point, has_low=False))
        case "~>":
            return (Interval(point, _next(release[:-1] or release)),)
        case ">=":
            return (Interval(point),)
        case ">":
            return (Interval(point, has_low=False),)
        case "<=":
            return (Interval(None, point, True, True),)
    return (Interval(None, point),)


def _gem_point(text: str) -> Point:
    """A version; from the first part on that is no number it is a pre-release: "4.0.0.preview1"."""
    parts = text.replace("-", ".pre.").split(".")
    count = next((index for index, part in enumerate(parts) if not _is_number(part)), len(parts))
    release, pre = numbers(".".join(parts[:count])), parts[count:]
    if not all(part.isascii() and part.isalnum() for part in pre):
        raise ValueError(f"not a version: {text[:40]}")
    return Point(release, tuple((1, 0, part) for part in pre)) if pre else Point(release)


def _pep440_point(text: str) -> Point:
    """A version with its stage: "3.13.0rc1"; the numbers before a wildcard for "3.12.*"."""
    core = text.partition("+")[0].lower()
    parts = core.split(".")
    if parts[-1] in WILD:
        while parts and parts[-1] in WILD:
            parts.pop()
        return Point(numbers(".".join(parts)) if parts else ())
    end = next((i for i, char in enumerate(core) if char.isalpha()), len(core))
    release = numbers(core[:end].rstrip(".-_"))
    if end == len(core):
        return Point(release)
    stage: Stage = ()
    rest = core[end:].replace(".", "").replace("-", "").replace("_", "")
    word = rest.rstrip("0123456789")
    number = rest[len(word) :] or "0"
    if not _is_number(number):
        raise ValueError(f"not a version: {text[:40]}")
    if word in PRE:
        stage = ((1, 0, PRE[word]), (0, int(number), ""))
    elif word == "dev":
        stage = ((0, int(number), ""),)
    elif word == "post":
        stage = (*FINAL, (0, int(number), ""))
    else:
        raise ValueError(f"not a version: {text[:40]}")
    return Point(release, stage)
