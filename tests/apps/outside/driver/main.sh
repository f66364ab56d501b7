# Reads the files beside it, as scripts of packages do, and those beside its second argument.
here=$(dirname "$0")
. "$here/lib/words.sh"
echo "$words" "$1"
[ -z "$2" ] || cat "$2" "$(dirname "$2")/lib/words.sh"
