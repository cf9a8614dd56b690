#!/usr/bin/env bash
# native/bench/gpu.sh [--emulated] FOLDER: all that there is to find out about the corrector on this machine's GPU, in one call of under
# nine minutes: builds without CMake and Node, compares the GPU with the processor, times both, profiles the main kernel and checks
# memory accesses and races. FOLDER, which may be new, then has
#
#   summary.md   what was done and what was not, the table, the roofline
#   bench.csv    throughput by size of batch, and of each stage
#   machine.txt  GPU, driver, compilers
#   ptxas.txt    registers and stack of each kernel
#   ncu.csv      counters of the track kernel
#   log.txt      everything else
#
# to be committed as bench/results/MACHINE/. Each part has a time limit; one that fails or is missing costs no other. It ends with 0
# where the GPU gave the processor's bytes and was timed.
#
# --emulated tries the script on a machine without a GPU, on the emulated device and at small sizes: no figures of a GPU. BUILT names
# a folder with native_test and native_bench, which are then not built.
set -uo pipefail
device=cuda
if [ "${1:-}" = --emulated ]; then
  device=emulated
  shift
fi
if [ $# -ne 1 ]; then
  echo "usage: native/bench/gpu.sh [--emulated] FOLDER" >&2
  exit 2
fi
out=$(realpath -m "$1")
if [ $device = emulated ] && [[ $out/ == */bench/results/* ]]; then
  echo "Expected a folder outside bench/results for --emulated but received $1" >&2
  exit 2
fi
mkdir -p "$out"
cd "$(dirname "$0")/../.."
build=${BUILT:-build/gpu-$device}
limit=${LIMIT:-530} # s in all
: >"$out/log.txt"
: >"$out/parts.txt"

if [ $device = cuda ]; then
  sizes=16,64,128,256,512,1024,4096,16384,65536
  frames=196
  profiled=16384
  on=(--nvidia --small)
  tests=(cuda-bytes cuda-lengths cuda-cuts cuda-batches cuda-together)
else
  sizes=2,8
  frames=40
  profiled=8
  on=(--small)
  tests=(cuda-lengths)
fi

say() { echo "$*" | tee -a "$out/log.txt"; }
note() { # PART what became of it
  echo "| $1 | $2 |" >>"$out/parts.txt"
  say "== $1: $2"
}
# part NAME SECONDS COMMAND...: runs it, at most that long and within what is left of all. Its output goes to log.txt.
part() {
  local name=$1 most=$2 left=$((limit - SECONDS)) begun=$SECONDS status
  shift 2
  if [ $left -lt 10 ]; then
    note "$name" "skipped: no time left"
    return 1
  fi
  say "-- $name: $*"
  timeout -k 5 $((most < left ? most : left)) "$@" >>"$out/log.txt" 2>&1
  status=$?
  case $status in
    0) note "$name" "done in $((SECONDS - begun)) s" ;;
    124 | 137) note "$name" "stopped after $((SECONDS - begun)) s" ;;
    *) note "$name" "FAILED with $status after $((SECONDS - begun)) s" ;;
  esac
  return $status
}
tool() { command -v "$1" || ls "/usr/local/cuda/bin/$1" 2>/dev/null; }

machine() {
  grep -m1 'model name' /proc/cpuinfo
  echo "processors: $(nproc)"
  nvidia-smi || echo "no nvidia-smi"
  nvidia-smi --query-gpu=name,compute_cap,driver_version,memory.total,clocks.max.sm,clocks.max.mem,ecc.mode.current \
    --format=csv 2>/dev/null
  "${NVCC:-nvcc}" --version || echo "no nvcc"
  "${CXX:-g++}" --version | head -n 1
}
machine >"$out/machine.txt" 2>&1

if [ $device = emulated ]; then
  export ISAS=scalar LEVEL=-O1 SELFCORRECT_CUDA=off
fi
started=0
if [ -n "${BUILT:-}" ]; then
  note build "left out: BUILT is $BUILT"
  started=1
elif part build 240 native/bench/build.sh "$build"; then
  started=1
fi
cp "$build"/cuda/native/cuda/*.cu.o.log "$out/ptxas.txt" 2>/dev/null

same=1 timed=1
if [ $started = 1 ]; then
  part "results against the processor" 60 "$build/native_test" "${on[@]}" "${tests[@]}"
  same=$?
  part bench 170 "$build/native_bench" --device $device --motions $sizes --frames $frames --rounds 3 --seconds 120 \
    --csv "$out/bench.csv"
  timed=$?
fi

ncu=$(tool ncu)
if [ $started = 0 ] || [ $device = emulated ]; then
  note "profile of track" "skipped: $([ $started = 1 ] && echo "there is no GPU" || echo "nothing was built")"
elif [ -z "$ncu" ]; then
  note "profile of track" "skipped: ncu was not found"
else
  # Of the launch for all motions at once, at the clocks that the GPU has by itself. Before it there are six: two of the warm-up, and
  # four tiles of the batch.
  part "profile of track" 120 "$ncu" --clock-control none --kernel-name regex:run_track --launch-skip 6 --launch-count 1 \
    --section LaunchStats --section Occupancy --section SpeedOfLight --section MemoryWorkloadAnalysis --section WarpStateStats \
    --metrics gpu__time_duration.sum,dram__bytes_read.sum,dram__bytes_write.sum,lts__t_bytes.sum,l1tex__t_bytes.sum,smsp__inst_executed.sum,smsp__sass_thread_inst_executed_op_fadd_pred_on.sum,smsp__sass_thread_inst_executed_op_fmul_pred_on.sum,smsp__sass_thread_inst_executed_op_ffma_pred_on.sum,smsp__sass_thread_inst_executed_op_dadd_pred_on.sum,smsp__sass_thread_inst_executed_op_dmul_pred_on.sum,smsp__sass_thread_inst_executed_op_dfma_pred_on.sum \
    --csv --page raw --log-file "$out/ncu.csv" \
    "$build/native_bench" --device cuda --motions $profiled --frames $frames --rounds 1
fi

sanitizer=$(tool compute-sanitizer)
for check in memcheck racecheck; do
  if [ $started = 0 ] || [ $device = emulated ]; then
    note $check "skipped: $([ $started = 1 ] && echo "there is no GPU" || echo "nothing was built")"
  elif [ -z "$sanitizer" ]; then
    note $check "skipped: compute-sanitizer was not found"
  else
    part $check 80 "$sanitizer" --tool $check --error-exitcode 9 "$build/native_bench" --device cuda --motions 8 --frames 24 \
      --rounds 1
  fi
done

# The counters of the profile as a table, and what follows from them.
roofline() {
  python3 - "$out/ncu.csv" <<'PY'
import csv, sys

rows = list(csv.reader(line for line in open(sys.argv[1]) if line.startswith('"')))
names, units, values = rows[0], rows[1], rows[2]
SCALE = {"byte": 1, "Kbyte": 1e3, "Mbyte": 1e6, "Gbyte": 1e9, "ns": 1e-9, "nsecond": 1e-9, "us": 1e-6, "usecond": 1e-6, "ms": 1e-3,
         "msecond": 1e-3, "s": 1, "second": 1}


def of(name):
    if name not in names:
        return None
    at = names.index(name)
    try:
        return float(values[at].replace(",", "")) * SCALE.get(units[at], 1)
    except ValueError:
        return None


def line(what, value):
    if value is not None:
        print(f"| {what} | {value:.4g} |")


def flops(kind):
    add, mul, fma = (of(f"smsp__sass_thread_inst_executed_op_{kind}{op}_pred_on.sum") for op in ("add", "mul", "fma"))
    return None if None in (add, mul, fma) else add + mul + 2 * fma


print("| | |\n| --- | --- |")
seconds, single, double = of("gpu__time_duration.sum"), flops("f"), flops("d")
read, written = of("dram__bytes_read.sum"), of("dram__bytes_write.sum")
line("blocks of 32 motions", of("launch__grid_size"))
line("time, s", seconds)
line("single precision operations", single)
line("double precision operations", double)
if seconds and single:
    line("single precision, TFLOP/s", single / seconds / 1e12)
if None not in (read, written):
    line("device memory, bytes", read + written)
    if seconds:
        line("device memory, GB/s", (read + written) / seconds / 1e9)
    if single and read + written > 0:
        line("operations a byte of device memory", single / (read + written))
line("L2, bytes", of("lts__t_bytes.sum"))
line("L1, bytes", of("l1tex__t_bytes.sum"))
line("registers a thread", of("launch__registers_per_thread"))
line("occupancy that registers allow, %", of("sm__maximum_warps_per_active_cycle_pct"))
line("occupancy reached, %", of("sm__warps_active.avg.pct_of_peak_sustained_active"))
line("multiprocessors' throughput, % of peak", of("sm__throughput.avg.pct_of_peak_sustained_elapsed"))
line("device memory's throughput, % of peak", of("gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed"))
line("L2's throughput, % of peak", of("lts__throughput.avg.pct_of_peak_sustained_elapsed"))
line("L1's throughput, % of peak", of("l1tex__throughput.avg.pct_of_peak_sustained_active"))
PY
}
{
  if [ $device = emulated ]; then
    echo "# A trial of the script on the emulated device: no figures of a GPU"
  else
    echo "# The corrector on $(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1)"
  fi
  echo
  echo "By \`native/bench/gpu.sh\`, in $SECONDS s."
  echo
  echo "| part | |"
  echo "| --- | --- |"
  cat "$out/parts.txt"
  echo
  echo '```'
  sed -n '/^-- bench/,/^== bench/p' "$out/log.txt" | sed '1d;$d'
  echo '```'
  if [ -s "$out/ncu.csv" ]; then
    echo
    echo "The track kernel by ncu, one launch for $profiled motions, of which a block has 32:"
    echo
    roofline || echo "Not read (python3): see ncu.csv."
  fi
  if [ -s "$out/ptxas.txt" ]; then
    echo
    echo "Registers and stack by ptxas:"
    echo
    echo '```'
    grep -E "Compiling entry|Used [0-9]+ registers" "$out/ptxas.txt"
    echo '```'
  fi
} >"$out/summary.md"
rm "$out/parts.txt"
cat "$out/summary.md"
[ $same = 0 ] && [ $timed = 0 ]
