# Functions, arrays, arithmetic and expansions; nothing here starts a process.
shopt -s extglob nullglob

factorial() {
    local n=$1
    if ((n <= 1)); then
        result=1
    else
        factorial $((n - 1))
        ((result *= n))
    fi
}
for n in 1 5 10 20; do
    factorial $n
    echo "$n! = $result"
done

declare -a list=(pear apple "fig tree" plum)
declare -A colour=([apple]=red [plum]=blue [pear]=green)
list+=(quince)
unset 'list[2]'
echo "${#list[@]} of ${!list[*]}: ${list[*]}"
for fruit in "${list[@]}"; do
    echo "$fruit ${colour[$fruit]:-unknown} ${fruit^} ${fruit//[aeiou]/_} ${fruit:1:3}"
done
declare -p list
echo "${list[@]@Q}" "${list[@]/#p/P}" "${list[@]%e*}"

mapfile -t words < words.txt
echo "${#words[@]} words, the last is ${words[-1]}"
declare -A seen=()
longest=
for word in "${words[@]}"; do
    ((seen[${#word}]++))
    ((${#word} > ${#longest})) && longest=$word
done
for ((length = 1; length <= 10; length++)); do printf '%2d: %d\n' "$length" "${seen[$length]:-0}"; done
echo "longest: $longest"

swap() {
    local -n left=$1 right=$2
    local held=$left
    left=$right right=$held
}
a=first b=second
swap a b
echo "$a $b"

sort_in_place() {
    local -n items=$1
    local i j held
    for ((i = 1; i < ${#items[@]}; i++)); do
        held=${items[i]}
        for ((j = i; j > 0 && items[j - 1] > held; j--)); do items[j]=${items[j - 1]}; done
        items[j]=$held
    done
}
mapfile -t -n 60 numbers < numbers.txt
sort_in_place numbers
echo "${numbers[@]}"

text="the quick brown fox"
[[ $text =~ ([a-z]+)\ ([a-z]+)$ ]] && echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]}"
[[ $text == *quick*(\ )brown* ]] && echo matched
printf -v padded '%-10s|%+05d|%s' abc 42 "${text@U}"
echo "$padded"
echo "$((2 ** 10)) $((0xff & ~0x0f)) $((017 + 2#1011 + 36#z)) $((1 ? 2 : 3)) $((7 >> 1, 9 % 4))"
select_case() {
    case $1 in
        +([0-9])) echo number ;;&
        1*) echo "begins with one" ;;
        @(yes|no)) echo answer ;&
        *) echo other ;;
    esac
}
select_case 123
select_case yes
while read -r line; do echo "stdin: $line"; done
exec 5<> scratch.txt
echo "kept" >&5
printf '%s\n' {1..12..4} {a..c}{x,y} >> scratch.txt
mapfile -t back < scratch.txt
echo "${back[*]}"
trap 'echo "line trap $?"' EXIT
return_seven() { return 7; }
return_seven
echo "returned $?"
set -o pipefail
caller_depth() { echo "${FUNCNAME[*]}"; }
caller_depth
exit 21
