#!/bin/busybox sh
# The first process of the emulated machine: makes the other machine's root its own, beneath a layer that is forgotten, and
# runs test.sh of the shared folder there.
set -e
trap '/bin/busybox poweroff -f' EXIT
/bin/busybox --install -s /bin
mount -t proc none /proc
for module in $(cat /modules/order); do insmod "/modules/$module"; done

mkdir /host /layer /merged
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro host /host
mount -t tmpfs none /layer
mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work none /merged
umount /proc
mount -t proc none /merged/proc
mount -t sysfs none /merged/sys
mount -t cgroup2 none /merged/sys/fs/cgroup
mount -t devtmpfs none /merged/dev
mkdir -p /merged/dev/pts /merged/dev/shm
mount -t devpts none /merged/dev/pts
mount -t tmpfs none /merged/dev/shm
mount -t tmpfs none /merged/run
mkdir /merged/run/shared
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 shared /merged/run/shared
exec switch_root /merged /bin/sh /run/shared/test.sh
