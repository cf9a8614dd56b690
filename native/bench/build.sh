#!/usr/bin/env bash
# native/bench/build.sh FOLDER: builds native_test and native_bench with a C++ compiler and, where it is found, nvcc; no CMake, no
# Node: for a bare GPU machine. Flags are those of CMakeLists.txt.
#
# CXX and NVCC name the compilers, SELFCORRECT_CUDA_ARCHS the GPUs (default native: those of this machine), ISAS the instruction sets
# of native/isa/flags.txt, LEVEL the optimisation, JOBS the compilers at a time. SELFCORRECT_CUDA=off leaves nvcc out.
set -euo pipefail
if [ $# -ne 1 ]; then
  echo "usage: native/bench/build.sh FOLDER" >&2
  exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
: "${CXX:=g++}" "${LEVEL:=-O3}" "${JOBS:=$(nproc)}" "${SELFCORRECT_CUDA_ARCHS:=native}"
if [ -z "${ISAS:-}" ]; then
  if [ "$(uname -m)" = x86_64 ]; then ISAS="avx512 avx2 scalar"; else ISAS=scalar; fi
fi
if [ "${SELFCORRECT_CUDA:-auto}" = off ]; then
  NVCC=
  why='it was turned off (SELFCORRECT_CUDA)'
else
  NVCC=${NVCC:-$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true)}
  why='nvcc was not found'
fi
if [ -n "$NVCC" ]; then found=-DSC_CUDA; else found="-DSC_CUDA_OFF='\"$why\"'"; fi
each=
for isa in $ISAS; do each+="X($isa)"; done

cxx="$CXX -std=gnu++20 $LEVEL -ffp-contract=off -fno-math-errno -fno-trapping-math -fPIC -w -Inative"
kernels="$cxx -fno-tree-slp-vectorize"
knows() { $CXX "$@" -x c++ -fsyntax-only /dev/null 2>/dev/null; }
sra= schedule=
if knows --param=sra-max-scalarization-size-Ospeed=20000; then sra=--param=sra-max-scalarization-size-Ospeed=20000; fi
if knows -fschedule-insns -fsched-pressure; then schedule="-fschedule-insns -fsched-pressure"; fi
# A line for every file: its object, and the command that makes it. What takes longest comes first.
plan() {
  if [ -n "$NVCC" ]; then
    local code= arch
    for arch in ${SELFCORRECT_CUDA_ARCHS//,/ }; do
      if [ "$arch" = native ]; then code+=" -arch=native"; else code+=" -gencode=arch=compute_$arch,code=sm_$arch"; fi
    done
    for source in native/cuda/*.cu; do
      echo "cuda/$source.o $NVCC -std=c++20 -O3 --expt-relaxed-constexpr -fmad=false -diag-suppress 20091 -Xptxas=-v -ccbin $CXX" \
        "-Xcompiler=-fPIC,-ffp-contract=off $code -Inative -c $source"
    done
  fi
  for source in native/cuda/emulated*.cpp native/cuda/fibers.cpp; do
    echo "emulated/$source.o $kernels -DSC_ISA=emulated -DSC_ONE_LANE -DSC_GROUPED -c $source"
  done
  for isa in $ISAS; do
    local more=$sra
    if [[ $isa == avx512* ]]; then more+=" $schedule"; fi
    for source in $(grep '^native/' native/isa/sources.txt); do
      echo "$isa/$source.o $kernels -DSC_ISA=$isa $more $(sed -n "s/^$isa //p" native/isa/flags.txt) -c $source"
    done
  done
  for source in $(find native -name '*.cpp' | grep -vE '^native/(bench|binding|test)/|/cuda/(emulated[^/]*|fibers)[.]cpp$'); do
    echo "core/$source.o $cxx '-DSC_EACH_ISA=$each' $found -c $source"
  done
  for source in native/test/*.cpp native/bench/*.cpp; do
    local as=
    if [ "$source" = native/test/device_kernels.cpp ]; then as="-DSC_ISA=threads -DSC_ONE_LANE"; fi
    echo "programs/$source.o $cxx -O1 $as -c $source"
  done
}

one() {
  read -r object command <<<"$1"
  mkdir -p "$(dirname "$FOLDER/$object")"
  if ! eval "$command -o '$FOLDER/$object'" >"$FOLDER/$object.log" 2>&1; then
    cat "$FOLDER/$object.log" >&2
    return 255 # xargs starts no more
  fi
}
export -f one
export FOLDER=$folder
plan | tr '\n' '\0' | xargs -0 -P "$JOBS" -I{} bash -c 'one "$1"' _ {}

cd "$folder"
libraries=(-pthread -ldl)
if [ -n "$NVCC" ]; then
  # Where nvcc has its libraries.
  cudart=$("$NVCC" --dryrun -x cu -c /dev/null 2>&1 | grep -o '"-L[^"]*"' | tr -d '"' | sed 's/^-L//' |
    while read -r place; do ls "$place/libcudart_static.a" 2>/dev/null || true; done | head -n 1)
  libraries=("$cudart" "${libraries[@]}" -lrt)
fi
corrector=$(find core emulated $ISAS ${NVCC:+cuda} -name '*.o')
$CXX programs/native/test/*.o $corrector "${libraries[@]}" -o native_test
$CXX programs/native/bench/*.o programs/native/test/motions.cpp.o $corrector "${libraries[@]}" -o native_bench
echo "$folder/native_test $folder/native_bench: ${NVCC:-no nvcc}, $ISAS"
