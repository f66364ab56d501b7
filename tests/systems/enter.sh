#!/bin/sh
# enter.sh ROOT FOLDERS LACKING [COMMAND ...] -- runs a command in a system that is a folder.
#
# FOLDERS, separated by colons, are seen inside at their own paths; names that are LACKING are removed from the folders of
# libraries first. What the command writes elsewhere is gone when it ends: the system is the lower layer of an overlay.
# Works in a mount namespace of its own: `unshare --mount enter.sh ...`. The working folder is kept. Status 77 where nothing can
# be mounted.
set -eu
root=$1 folders=$2 lacking=$3
shift 3
here=$(pwd)
layer=$(dirname "$root")/layer
mkdir -p "$layer"
{
    mount --make-rprivate / &&
    mount -t tmpfs tmpfs "$layer" &&
    mkdir "$layer/upper" "$layer/work" "$layer/root" &&
    mount -t overlay overlay -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
} || exit 77
root=$layer/root
for name in $lacking; do
    find "$root"/lib*/ "$root"/usr/lib*/ -name "$name" -exec rm -f {} +
done
mkdir -p "$root/proc" "$root/dev" "$root/sys" "$root/tmp" "$root/etc/ssl/certs"
chmod 1777 "$root/tmp"
cp -L /etc/hosts /etc/resolv.conf "$root/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" || true
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
IFS=:
for folder in $folders; do
    mkdir -p "$root$folder"
    mount --rbind "$folder" "$root$folder"
done
unset IFS
exec unshare --root="$root" --wd="$here" "$@"
