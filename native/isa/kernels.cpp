#include "isa/kernels.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <stdexcept>

namespace selfcorrect {

#if defined(__x86_64__)
namespace avx512 {
extern const Kernels kTable;
}
namespace avx512x4 {
extern const Kernels kTable;
}
namespace avx2 {
extern const Kernels kTable;
}
namespace sse4 {
extern const Kernels kTable;
}
#elif defined(__aarch64__)
namespace neon {
extern const Kernels kTable;
}
#else
namespace generic {
extern const Kernels kTable;
}
#endif
namespace scalar {
extern const Kernels kTable;
}
inline namespace baseline {
extern const Kernels kTable;
}

namespace {

struct Compiled {
  const Kernels* table;
  bool runs;  // on this processor, under this operating system
};

// Widest first, of equals the faster. What is asked of the processor is what CMakeLists.txt allows the
// compiler.
std::vector<Compiled> compiled() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") != 0;
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  return {{&avx512::kTable, avx512},
          {&avx2::kTable, avx2},
          {&avx512x4::kTable, avx512},
          {&sse4::kTable, __builtin_cpu_supports("sse4.2") != 0},
          {&scalar::kTable, true}};
#elif defined(__aarch64__)
  return {{&neon::kTable, true}, {&scalar::kTable, true}};
#else
  return {{&generic::kTable, true}, {&scalar::kTable, true}};
#endif
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

const Kernels& choose() {
  const std::vector<Compiled> all = compiled();
  const auto widest = std::find_if(all.begin(), all.end(), [](const Compiled& c) { return c.runs; });
  const char* wanted = std::getenv("SELFCORRECT_ISA");
  if (!wanted || !*wanted) return *widest->table;
  std::vector<std::string> names;
  for (const Compiled& c : all) {
    names.emplace_back(c.table->isa);
    if (names.back() != wanted) continue;
    if (c.runs) return *c.table;
    throw std::runtime_error("Expected an instruction set of this processor (" + listed(available_isas()) +
                             ") for SELFCORRECT_ISA but received " + wanted + ".");
  }
  throw std::runtime_error("Expected one of " + listed(names) + " for SELFCORRECT_ISA but received " +
                           wanted + ".");
}

}  // namespace

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
