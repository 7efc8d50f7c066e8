#!/usr/bin/env bash
# A sweep on a Slurm cluster that loses a node half-way, beside the same sweep on this host alone: the databases must be
# the same. Starts Debian's Slurm with three nodes, all of them on the loopback interface; unpacks the packages into a
# temporary folder, so that nothing is installed and no service of the host is touched. A node is a PID namespace, which
# takes all that runs there with it. Needs root, and the network for the packages; takes some minutes.
# usage: slurm_test.sh [--m2sim PROGRAM] [--programs DIR] [--keep]
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
m2sim=$root/build/release/m2sim
programs=$root/build/release/benchmarks/guest
keep=no
while [[ $# -gt 0 ]]; do
  case $1 in
    --m2sim) m2sim=$(realpath "$2"); shift 2 ;;
    --programs) programs=$(realpath "$2"); shift 2 ;;
    --keep) keep=yes; shift ;;
    *) echo "slurm_test.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
if [[ $(id -u) != 0 ]]; then
  echo "slurm_test.sh: needs root: nodes are PID namespaces, and Slurm's daemons start what users submit" >&2
  exit 2
fi

place=$(mktemp -d)
daemons=()
finish() {
  for pid in "${daemons[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [[ $keep == yes ]]; then echo "kept: $place"; else rm -rf "$place"; fi
}
trap finish EXIT

echo "== packages"
mkdir "$place/debs" "$place/run" "$place/state" "$place/spool"
chmod 755 "$place"
(cd "$place/debs" && apt-get download -q -o APT::Sandbox::User=root libhwloc15 liblua5.1-0 libmunge2 munge \
  slurm-wlm-basic-plugins slurm-client slurmctld slurmd >/dev/null)
for package in "$place"/debs/*.deb; do dpkg -x "$package" "$place/root"; done
plugins=$place/root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)/slurm-wlm
export LD_LIBRARY_PATH=$(dirname "$plugins"):$plugins
export PATH=$place/root/usr/bin:$PATH
export SLURM_CONF=$place/slurm.conf

echo "== a cluster of three nodes"
cat >"$SLURM_CONF" <<CONF
ClusterName=m2sim
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=17817
AuthType=auth/munge
AuthInfo=socket=$place/run/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool/%n
SlurmctldPidFile=$place/run/slurmctld.pid
SlurmdPidFile=$place/run/%n.pid
SlurmctldLogFile=$place/run/slurmctld.log
SlurmdLogFile=$place/run/%n.log
PluginDir=$plugins
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdTimeout=10
ReturnToService=0
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=17821 CPUs=1 RealMemory=4000
NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=17822 CPUs=1 RealMemory=4000
NodeName=n3 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=17823 CPUs=1 RealMemory=4000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
dd if=/dev/urandom of="$place/run/munge.key" bs=128 count=1 status=none
chmod 400 "$place/run/munge.key"
"$place/root/usr/sbin/munged" --foreground --force --socket="$place/run/munge.socket" --key-file="$place/run/munge.key" \
  --pid-file="$place/run/munged.pid" --seed-file="$place/run/munge.seed" --log-file="$place/run/munged.log" \
  >"$place/run/munged.out" 2>&1 &
daemons+=($!)
until [[ -S $place/run/munge.socket ]]; do sleep 0.1; done
"$place/root/usr/sbin/slurmctld-wlm" -D -f "$SLURM_CONF" >"$place/run/slurmctld.out" 2>&1 &
daemons+=($!)
declare -A node
for name in n1 n2 n3; do
  mkdir -p "$place/spool/$name"
  unshare --pid --fork --kill-child --mount-proc "$place/root/usr/sbin/slurmd-wlm" -D -f "$SLURM_CONF" -N "$name" \
    -d "$place/root/usr/sbin/slurmstepd-wlm" >"$place/run/$name.out" 2>&1 &
  node[$name]=$!
  disown  # that it is killed is no news
  daemons+=($!)
done
for _ in $(seq 60); do
  [[ $(sinfo --noheader --Node --format=%T 2>/dev/null | grep -c idle) == 3 ]] && break
  sleep 1
done
sinfo --Node

echo "== the sweep on this host"
cat >"$place/plan.toml" <<PLAN
modes = ["timing"]
options = ["--max-insts", "20M"]
timeout = 600
[[program]]
path = "$programs/sieve"
[[program]]
path = "$programs/quicksort"
[settings]
rob.groups = [40, 100, 200, 289]
l1d.mshrs = [4, 8, 24]
PLAN
"$m2sim" sweep "$place/plan.toml" --out "$place/local" --quiet

echo "== the same on the cluster"
"$m2sim" sweep "$place/plan.toml" --out "$place/cluster" --slurm
count() { find "$place/cluster/jobs" -name '*.json' | wc -l; }
until [[ $(count) -ge 6 && -n $(squeue --noheader --nodelist=n2 --states=RUNNING) ]]; do sleep 0.2; done
squeue
echo "== node n2 is lost, with what runs there, when $(count) of 24 jobs are done"
lost=$(squeue --noheader --nodelist=n2 --states=RUNNING --format=%i)
kill -KILL "${node[n2]}"
for _ in $(seq 400); do
  [[ -f $place/cluster/results.db && -z $(squeue --noheader) ]] && break
  sleep 1
done
"$m2sim" sweep status "$place/cluster"
grep -i -E "n2.*(not respond|down)|requeue" "$place/run/slurmctld.log" || true
echo "it ran on n2: $lost"

echo "== compared"
dump() { python3 -c 'import sqlite3, sys; print("\n".join(sqlite3.connect(sys.argv[1]).iterdump()))' "$1"; }
dump "$place/local/results.db" >"$place/local.sql"
dump "$place/cluster/results.db" >"$place/cluster.sql"
cmp "$place/local.sql" "$place/cluster.sql"
cmp "$place/local/results.csv" "$place/cluster/results.csv"
cmp "$place/local/results.html" "$place/cluster/results.html"
echo "identical: $(wc -l <"$place/local.sql") lines of the databases, results.csv and results.html"
