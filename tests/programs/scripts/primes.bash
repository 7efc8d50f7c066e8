# A sieve and a matrix product in integer arithmetic: long runs of the interpreter's own loops.
limit=3000
declare -a composite=()
primes=()
for ((i = 2; i <= limit; i++)); do
    [[ -n ${composite[i]} ]] && continue
    primes+=("$i")
    for ((j = i * i; j <= limit; j += i)); do composite[j]=1; done
done
echo "${#primes[@]} primes below $limit, the last five: ${primes[@]: -5}"

size=12
declare -A left right product
for ((i = 0; i < size; i++)); do
    for ((j = 0; j < size; j++)); do
        left[$i,$j]=$(((i * 7 + j * 3) % 11 - 5))
        right[$i,$j]=$(((i * 5 + j * 13) % 17 - 8))
    done
done
for ((i = 0; i < size; i++)); do
    row=
    for ((j = 0; j < size; j++)); do
        sum=0
        for ((k = 0; k < size; k++)); do ((sum += left[$i,$k] * right[$k,$j])); done
        row+=" $sum"
    done
    echo "$row"
done
