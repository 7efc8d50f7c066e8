"""Scripts for Debian's bash-static that start no other process: builtins and the language only."""

import pathlib

import samples
from programs import Case

ONE_LINERS = {
    "arithmetic": "echo $((2**62 - 1 + 7 * 3 % 5)) $((16#ff ^ 0x0f)) $((-7 / 2)) $((-7 % 3)) $((1 << 40 | 3))",
    "exit status": "exit 37",
    "false status": "false",
    "no command": "definitely_not_a_command",
    "syntax error": "if then fi",
    "division by zero": "echo before; echo $((1 / 0)); echo after",
    "unset variable": "set -u; echo before; echo $nothing; echo after",
    "errexit": "set -e; echo before; false; echo after",
    "stderr": "echo to stderr >&2; echo to stdout",
    "positional": 'set -- a "b c" d; echo $# "$2" "${@:2}" "$*"; shift; echo "$1"',
    "brace expansion": "echo {a..e}{1..3} {01..10..3} pre{x,y,{p,q}}post",
    "globs": "echo *.txt tree/* tree/*/* [w-z]*; shopt -s globstar nullglob; echo **/*.txt none*",
    "printf": "printf '%5d|%-8s|%08.3f|%x|%o|%c|%q|%b\\n' 42 left 3.14159 255 8 char 'a b' 'x\\ty'",
    "floats in printf": "printf '%e %g %.10f %a\\n' 12345.678 0.0001 2.718281828 1.5",
    "test": "[[ abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}; [[ -f words.txt && ! -d words.txt ]] && echo file",
    "subscript": "a=(1 2 3); a[10]=x; echo ${#a[@]} ${!a[@]} ${a[@]: -1} ${a[@]/2/two}",
    "case folding": "v=MiXed; echo ${v,,} ${v^^} ${v~~} ${v,} ${#v}",
    "trap": "trap 'echo leaving with $?' EXIT; echo inside; exit 3",
    "unknown option": "shopt -s no_such_option; echo $?",
    "type": "type echo; type -t if; f() { :; }; type -t f; hash",
    "getopts": 'set -- -a -b value -c rest; while getopts ab:c o; do echo "$o ${OPTARG-}"; done; echo $OPTIND',
    "time format": "printf '%(%Y-%m-%d %H:%M:%S)T\\n' 86399",
    "random": "RANDOM=42; echo $RANDOM $RANDOM $RANDOM",
    "read timeout": "read -t 1 a; echo $a; read -n 3 b; echo $b; read -d x c; echo $c",
    "umask": "umask 027; umask; umask -S; : > made; [[ -s made ]] || echo empty",
    "pwd": "cd tree/b && echo ${PWD##*/} ${OLDPWD##*/} && cd .. && pwd -P && cd /nowhere",
    "redirections": "exec 3> out.txt; echo one >&3; echo two >&3; exec 3>&-; exec 4< out.txt; read -u 4 l; echo $l",
    "append": "echo a > f; echo b >> f; while read -r l; do echo \"got $l\"; done < f; echo c > /nowhere/f; echo $?",
    "here document": "read -r a b <<< 'x y z'; echo \"$b,$a\"; while read -r l; do echo \"<$l>\"; done <<E\none\ntwo\nE",
}


def cases(bash):
    files = samples.make()
    for name, script in ONE_LINERS.items():
        yield Case(f"bash {name}", [bash, "-c", script], b"first\nabcdef ghix tail\n", files)
    for script in sorted((pathlib.Path(__file__).parent / "scripts").glob("*.bash")):
        yield Case(f"bash {script.name}", [bash, str(script), "one", "two words", "three"],
                   b"first line\nsecond line\n", files)
    yield Case("bash from stdin", [bash], b"x=5\necho $((x * 2))\nexit 4\n", files)
    yield Case("bash version", [bash, "--version"])
    yield Case("bash help", [bash, "-c", "help cd; help nothing"])
    yield Case("bash missing script", [bash, "no_such_script"])
