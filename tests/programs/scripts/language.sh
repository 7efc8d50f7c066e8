# The language and the builtins of a POSIX shell; nothing here starts a process.
echo "$# arguments, the second is $2"
count=0
while [ "$count" -lt 500 ]; do
    count=$((count + 1))
    [ $((count % 100)) -eq 0 ] && echo "at $count"
done
until [ "$count" -le 495 ]; do count=$((count - 1)); done
for argument in "$@"; do
    case $argument in
        one) echo "first" ;;
        *" "*) echo "has a blank: $argument" ;;
        t*) echo "begins with t" ;;
    esac
done

gcd() {
    if [ "$2" -eq 0 ]; then
        result=$1
    else
        gcd "$2" $(($1 % $2))
    fi
}
gcd 1071 462
echo "gcd $result"

path=/usr/lib/thing.tar.gz
echo "${path##*/} ${path%.*} ${path%%.*} ${path#*/} ${#path} ${missing:-default} ${path:+set}"
lines=0
while IFS=, read -r name group value label; do
    lines=$((lines + 1))
    [ "$lines" -le 3 ] && printf '%-12s|%4s|%10s|%s\n' "$name" "$group" "$value" "$label"
done < table.csv
echo "$lines lines"
read -r first
read -r second
echo "<$second> <$first>"
echo "to a file" > made.txt
echo "more" >> made.txt
while read -r line; do echo "read: $line"; done < made.txt
set -- $((0x1f)) $((017)) $((5 > 3 ? 10 : 20)) $((~5 & 0xff)) $((1 << 20))
echo "$@"
shift 2
echo "$1 of $#"
eval 'indirect=$path; echo "$indirect"'
trap 'echo leaving' EXIT
export exported=yes
type gcd cd
unset -f gcd
cd tree/b && echo "in ${PWD##*/}"
exit 9
