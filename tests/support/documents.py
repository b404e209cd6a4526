#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The code blocks of README.md and docs: documents.py run FILE does what a reader of FILE would do.

A block that opens with ```sh holds commands, one with ```cpp a whole C++ file. One that opens with
```LANGUAGE of examples/PATH is lines of that file as they stand there, one after the other, and
what builds the file checks them. Any other, and one that can be neither run nor compiled, says why:
```text unchecked: REASON.

In a block of commands a word in capitals (UNIT) stands for what an earlier command printed under
that name, and one that ends in "# in a terminal of its own, until Ctrl-C" goes on beside the rest
once it says that it is ready.
"""

import dataclasses
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import textwrap
import threading

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CHECKED = ("sh", "cpp")
IN_ANOTHER_TERMINAL = "# in a terminal of its own, until Ctrl-C"
# Where a reader finds our programs; a document may also name them as they are once installed.
PROGRAMS = {"kari-sync-server": "sync-server", "kari": "examples/kari",
            "kari-district": "examples/district", "kari-demo": "examples/demo",
            "kari-pack": "pack"}
BUILT_BY_README = "build/quickstart/"
OPERATORS = set("|&;()<>")
READY_SECONDS = 60


@dataclasses.dataclass
class Block:
    path: pathlib.Path
    line: int  # of the first line within
    language: str
    reason: str  # why it is not checked; empty when it is
    text: str
    source: str = ""  # the file that it is lines of

    def place(self):
        return f"{self.path.name}:{self.line}"


def blocks(path):
    """The fenced blocks of a document, and what is wrong with their fences."""
    found, wrong = [], []
    fence, lines, start, info = None, [], 0, ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        opening = re.match(r" {0,3}(`{3,}|~{3,})(.*)$", line)
        if fence is None and opening:
            fence, info, lines, start = opening[1], opening[2].strip(), [], number + 1
        elif (fence is not None and opening and opening[1].startswith(fence)
              and not opening[2].strip()):
            language, _, rest = info.partition(" ")
            unchecked = re.match(r"unchecked: *(\S.*)$", rest.strip())
            reason = unchecked[1] if unchecked else ""
            lines_of = re.match(r"of (examples/\S+)$", rest.strip())
            block = Block(path, start, language, reason, "\n".join(lines),
                          lines_of[1] if lines_of else "")
            if not block.reason and not block.source and (language not in CHECKED or rest.strip()):
                wrong.append(f"{block.place()}: ```{info} is neither sh nor cpp nor lines of an "
                             "example, and does not say why it is unchecked")
            found.append(block)
            fence = None
        elif fence is not None:
            lines.append(line)
    if fence is not None:
        wrong.append(f"{path.name}:{start}: a block without end")
    return found, wrong


def commands(block):
    """The commands of a block, each whole: continued lines joined, comments and prompts gone."""
    joined = re.sub(r"\\\n\s*", " ", block.text)
    return [line.strip() for line in joined.splitlines()
            if line.strip() and not line.strip().startswith("#")]


def simple_commands(line):
    """The words of each command of a line, those within $(...) too."""
    inner = re.findall(r"\$\(([^()]*)\)", line)
    words = [[]]
    lexer = shlex.shlex(re.sub(r"\$\([^()]*\)", "X", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    for word in lexer:
        if set(word) <= OPERATORS:
            words.append([])
        else:
            words[-1].append(word)
    found = [each for each in words if each]
    for each in inner:
        found += simple_commands(each)
    return found


def program_of(word, build):
    """Which of our programs a word names: its path, None for somebody else's. Fails for one that
    looks like ours and is not."""
    if word == "./dev":
        return SOURCE / "dev"
    name = pathlib.PurePath(word).name
    if word.startswith(BUILT_BY_README):
        return None
    if name in PROGRAMS:
        return build / PROGRAMS[name] / name
    if word.startswith(("build/", "./", "examples/", "tests/")) or name.startswith("kari"):
        if not (SOURCE / word).is_file():
            raise LookupError(f"there is no {word}")
    return None


class Help:
    """What our programs say of themselves."""

    def __init__(self):
        self.texts = {}

    def text(self, *words):
        if words not in self.texts:
            done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                                  timeout=60, check=False, cwd=SOURCE)
            if done.returncode != 0:
                raise LookupError(f"{' '.join(map(str, words))} fails")
            self.texts[words] = done.stdout
        return self.texts[words]

    def subcommands(self, program):
        if program.name == "dev":
            return set(re.findall(r"^\./dev (\w+)", self.text(program, "help"), re.MULTILINE))
        if program.name == "kari":
            return set(re.findall(r"^  ([a-z][\w-]*) ", self.text(program, "help"), re.MULTILINE))
        section = self.text(program, "--help").partition("Subcommands:\n")[2]
        found = re.findall(r"^  ([a-z][\w-]*(?:, ?[a-z][\w-]*)*)", section, re.MULTILINE)
        return {name for line in found for name in re.split(r", ?", line)}


def wrong_words(words, build, known):
    """What one command says that its program does not know."""
    while words and (re.match(r"\w+=", words[0]) or words[0] in ("sudo", "env", "exec")):
        words = words[1:]
    if not words:
        return []
    try:
        program = program_of(words[0], build)
        if program is None:
            return []
        subcommands = known.subcommands(program)
        if program.name == "dev":
            text = known.text(program, "help")
            named = [word for word in words[1:] if not word.startswith("-")][:1]
        else:
            text = known.text(program, "--help")
            named = [word for word in words[1:] if word in subcommands][:1]
            if named:
                text += known.text(program, named[0], "--help")
    except LookupError as error:
        return [str(error)]
    wrong = []
    if subcommands and (not named or named[0] not in subcommands) and "--help" not in words:
        wrong.append(f"{words[0]} knows no command in: {' '.join(words[1:])}")
    flags = (word.partition("=")[0] for word in words[1:] if re.match(r"-[\w-]", word))
    for flag in flags:
        if flag != "--help" and not re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text):
            wrong.append(f"{' '.join(words[:1] + named)} knows no {flag}")
    return wrong


def check_shell(block, build, known):
    wrong = []
    for line in commands(block):
        try:
            parts = simple_commands(line)
        except ValueError as error:
            wrong.append(f"{block.place()}: {error}: {line}")
            continue
        for words in parts:
            wrong += [f"{block.place()}: {what}" for what in wrong_words(words, build, known)]
    return wrong


def check_cpp(block, compiler):
    """A whole file, as an application compiles it: it sees the public headers and nothing else."""
    include = [f"-I{SOURCE / folder}" for folder in ("sdk/include", "platform/linux/include")]
    done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                           *include, "-x", "c++", "-"], input=block.text + "\n", text=True,
                          capture_output=True, timeout=300, check=False, cwd="/")
    return [] if done.returncode == 0 else [f"{block.place()}: does not compile\n{done.stderr}"]


def check_lines(block):
    """Lines of an example, as they stand there; they may be moved to the left together."""
    try:
        there = (SOURCE / block.source).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return [f"{block.place()}: there is no {block.source}"]
    said = textwrap.dedent(block.text).splitlines()
    windows = (there[at:at + len(said)] for at in range(len(there) - len(said) + 1))
    if said and any(textwrap.dedent("\n".join(window)).splitlines() == said for window in windows):
        return []
    return [f"{block.place()}: these are no lines of {block.source}"]


def check(paths, build, compiler):
    """Everything that is wrong with the code of these documents."""
    known, wrong = Help(), []
    for path in paths:
        found, misfenced = blocks(path)
        wrong += misfenced
        for block in (each for each in found if not each.reason):
            if block.source:
                wrong += check_lines(block)
            elif block.language == "sh":
                wrong += check_shell(block, build, known)
            elif block.language == "cpp":
                wrong += check_cpp(block, compiler)
    return wrong


def documents():
    return [SOURCE / "README.md", *sorted((SOURCE / "docs").rglob("*.md"))]


def filled(command, printed):
    """The command with what earlier ones printed in place of its capitals."""
    def value(match):
        name = match[0].lower()
        if name not in printed:
            raise SystemExit(f"documents: nothing printed what {match[0]} stands for: {command}")
        return printed[name]
    return re.sub(r"(?<![\w$/.-])[A-Z]{3,}(?![\w/.-])", value, command)


def beside(command):
    """Runs a command in a terminal of its own: it goes on when it has said something."""
    print(f"$ {command}    (goes on)", flush=True)
    process = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=SOURCE, text=True,
                               stdout=subprocess.PIPE, start_new_session=True)
    silent = threading.Timer(READY_SECONDS, process.kill)
    silent.start()
    said = process.stdout.readline()
    silent.cancel()
    print(said, end="", flush=True)
    if not said:
        raise SystemExit(f"documents: said nothing: {command}")
    return process


def end(process):
    process.send_signal(signal.SIGINT)
    status = process.wait(READY_SECONDS)
    process.stdout.close()
    if status != 0:
        raise SystemExit(f"documents: ended with {status}: {process.args[-1]}")


def at_once(command, printed):
    """Runs a command to its end and remembers what it printed under a name: "unit   7a"."""
    print(f"$ {command}", flush=True)
    with subprocess.Popen(["bash", "-c", command], cwd=SOURCE, text=True, stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL) as process:
        for said in process.stdout:
            print(said, end="", flush=True)
            named = re.match(r"([a-z_]+) +(\S+)$", said.rstrip())
            if named:
                printed[named[1]] = named[2]
    if process.returncode != 0:
        raise SystemExit(f"documents: ended with {process.returncode}: {command}")


def run(path):
    """Every command of a document, in the order in which it is read."""
    found, wrong = blocks(path)
    if wrong:
        raise SystemExit("\n".join(wrong))
    printed, done, going_on = {}, 0, []
    try:
        for block in (each for each in found
                      if each.language == "sh" and not each.reason and not each.source):
            for line in commands(block):
                command = filled(re.split(r"\s+#", line)[0], printed)
                if line.endswith(IN_ANOTHER_TERMINAL):
                    going_on.append(beside(command))
                else:
                    at_once(command, printed)
                done += 1
    finally:
        for process in going_on:
            end(process)
    print(f"{path.name}: {done} commands done")
    if done == 0:
        raise SystemExit(f"documents: {path.name} holds no command")


def main():
    if len(sys.argv) < 3 or sys.argv[1] != "run":
        raise SystemExit("documents.py run FILE...")
    for name in sys.argv[2:]:
        run(pathlib.Path(name).resolve())


if __name__ == "__main__":
    main()
