// Prints the most float operations per second, in thousand millions, that this core's fused multiply-adds do:
// enough independent chains to hide their latency, at the widest vectors and at 256 bits.
#include <algorithm>
#include <cstdio>
#include <ctime>

namespace {

double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

template <int N>
double peak() {
  typedef float Vector __attribute__((vector_size(4 * N)));
  constexpr int kChains = 12;
  constexpr long kRounds = 4'000'000;
  double best = 0;
  for (int trial = 0; trial < 5; trial++) {
    Vector sum[kChains];
    for (int i = 0; i < kChains; i++) sum[i] = Vector{} + static_cast<float>(i);
    Vector factor = Vector{} + 0.999f, term = Vector{} + 0.001f;
    asm volatile("" : "+x"(factor), "+x"(term));
    const double started = processor_seconds();
    for (long r = 0; r < kRounds; r++)
#pragma GCC unroll 12
      for (int i = 0; i < kChains; i++) sum[i] = sum[i] * factor + term;
    const double seconds = processor_seconds() - started;
    for (int i = 0; i < kChains; i++) asm volatile("" : : "x"(sum[i]));
    best = std::max(best, 2e-9 * kRounds * kChains * N / seconds);
  }
  return best;
}

}  // namespace

int main() {
#ifdef __AVX512F__
  const double widest = peak<16>();
#else
  const double widest = 0;
#endif
  std::printf("%.6g\n", std::max(widest, peak<8>()));
}
