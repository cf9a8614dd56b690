#include "isa/kernels.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <stdexcept>

namespace selfcorrect {

#define X(isa)                 \
  namespace isa {              \
  extern const Kernels kTable; \
  }
SC_EACH_ISA
#undef X
inline namespace baseline {
extern const Kernels kTable;
}

namespace {

struct Compiled {
  const Kernels* table;
  bool runs;  // on this processor, under this operating system
};

// What is asked of the processor is what CMakeLists.txt allows the compiler.
#if defined(__x86_64__)
[[maybe_unused]] bool runs_avx512() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw");
}
[[maybe_unused]] bool runs_avx512x4() { return runs_avx512(); }
[[maybe_unused]] bool runs_avx2() { return __builtin_cpu_supports("avx2"); }
[[maybe_unused]] bool runs_sse4() { return __builtin_cpu_supports("sse4.2"); }
#else
[[maybe_unused]] bool runs_neon() { return true; }
[[maybe_unused]] bool runs_generic() { return true; }
#endif
[[maybe_unused]] bool runs_scalar() { return true; }

// Widest first, of equals the faster: the order of CMakeLists.txt.
std::vector<Compiled> compiled() {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
#define X(isa) {&isa::kTable, runs_##isa()},
  return {SC_EACH_ISA};
#undef X
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

const Kernels& choose() {
  const char* wanted = std::getenv("SELFCORRECT_ISA");
  if (wanted && *wanted) return kernels_of(wanted);
  const std::vector<Compiled> all = compiled();
  const auto widest = std::find_if(all.begin(), all.end(), [](const Compiled& c) { return c.runs; });
  if (widest == all.end())
    throw std::runtime_error(std::string("Expected a processor with ") + all.back().table->isa +
                             " but found one without.");
  return *widest->table;
}

}  // namespace

const Kernels& kernels_of(const std::string& isa) {
  std::vector<std::string> names;
  for (const Compiled& c : compiled()) {
    names.emplace_back(c.table->isa);
    if (names.back() != isa) continue;
    if (c.runs) return *c.table;
    throw std::runtime_error("Expected an instruction set of this processor (" + listed(available_isas()) +
                             ") for SELFCORRECT_ISA but received " + isa + ".");
  }
  throw std::runtime_error("Expected one of " + listed(names) + " for SELFCORRECT_ISA but received " + isa +
                           ".");
}

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

const Kernels& kernels(int count) {
  static const std::vector<Compiled> all = compiled();
  const Kernels* narrowest = &kernels();
  for (const Compiled& c : all)
    if (c.runs && c.table->lanes > 1 && c.table->lanes >= count && c.table->lanes < narrowest->lanes)
      narrowest = c.table;
  return *narrowest;
}

std::vector<std::string> available_isas() {
  std::vector<std::string> names;
  for (const Compiled& c : compiled())
    if (c.runs) names.emplace_back(c.table->isa);
  return names;
}

const Kernels& exact_kernels() { return baseline::kTable; }

}  // namespace selfcorrect
