// native_bench [--device cuda|emulated|cpu] [--motions N,N,...] [--frames N] [--threads N] [--rounds N]
// [--seconds N] [--csv FILE]: the corrector's throughput by size of batch, and of each stage on a device,
// with the CPU beside it; every result of the device is compared with the CPU's. Ends with 1 where one
// differs, with 2 for a bad argument, with 3 where there is no such device.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bench/table.h"
#include "cuda/emulated.h"

using namespace selfcorrect;
using namespace selfcorrect::bench;

namespace {

struct Arguments {
  std::string device = "cuda";
  std::vector<int> motions = {16, 64, 128, 256, 512, 1024, 4096, 16384, 65536};
  int frames = 196;  // 9.8 s
  int threads = 2;   // of the CPU beside the device
  int rounds = 3;
  double seconds = 300;  // a size is not begun after that
  std::string csv;
};

[[noreturn]] void bad(const char* wanted, const std::string& name, const std::string& value) {
  std::fprintf(stderr, "Expected %s for %s but received %s\n", wanted, name.c_str(), value.c_str());
  std::exit(2);
}

double number(const std::string& name, const std::string& text, double low, double high) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= low && value <= high))
    bad(("a number from " + std::to_string(static_cast<long>(low)) + " to " +
         std::to_string(static_cast<long>(high)))
            .c_str(),
        name, text);
  return value;
}

Arguments read(int count, char** words) {
  Arguments a;
  for (int i = 1; i < count; i += 2) {
    const std::string name = words[i];
    if (i + 1 == count) bad("a value", name, "none");
    const std::string value = words[i + 1];
    if (name == "--device") {
      if (value != "cuda" && value != "emulated" && value != "cpu") bad("cuda, emulated or cpu", name, value);
      a.device = value;
    } else if (name == "--motions") {
      a.motions.clear();
      for (size_t from = 0; from <= value.size();) {
        const size_t comma = std::min(value.find(',', from), value.size());
        a.motions.push_back(static_cast<int>(number(name, value.substr(from, comma - from), 1, 1 << 20)));
        from = comma + 1;
      }
    } else if (name == "--frames") {
      a.frames = static_cast<int>(number(name, value, 20, 100000));
    } else if (name == "--threads") {
      a.threads = static_cast<int>(number(name, value, 1, 1024));
    } else if (name == "--rounds") {
      a.rounds = static_cast<int>(number(name, value, 1, 1000));
    } else if (name == "--seconds") {
      a.seconds = number(name, value, 0, 1e6);
    } else if (name == "--csv") {
      a.csv = value;
    } else {
      bad("--device, --motions, --frames, --threads, --rounds, --seconds or --csv", "an option", name);
    }
  }
  return a;
}

void introduce(gpu::Device& device) {
  const gpu::Properties p = device.properties();
  std::printf(
      "%s, compute capability %d.%d, %d multiprocessors, %.1f of %.1f GiB free, driver for CUDA %d.%d, "
      "built with CUDA %d.%d\n",
      p.name.c_str(), p.capability_major, p.capability_minor, p.multiprocessors,
      static_cast<double>(p.memory_free) / (1 << 30), static_cast<double>(p.memory_total) / (1 << 30),
      p.driver / 1000, p.driver % 1000 / 10, p.runtime / 1000, p.runtime % 1000 / 10);
}

int run(const Arguments& a, gpu::Device* device) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begun = Clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - begun).count(); };
  Options options;
  options.threads = a.threads;

  const MotionSet set = make_set(64, a.frames, options);
  if (set.count() == 0) {
    std::fprintf(stderr, "Expected motions that are tracked at once but received none\n");
    return 2;
  }
  const About about{a.device.c_str(), a.frames, a.threads, (a.frames - 1) / options.fps * options.rate,
                    operations_per_step(set, options)};
  std::printf(
      "batches of %d different motions; medians of %d interleaved rounds; stages each waited for, ms\n",
      set.count(), a.rounds);
  double cpu_rate = 400.0 * a.threads;  // before the first was measured
  if (device)
    measure(set, 256 < a.motions.back() ? 256 : a.motions.back(), options, device, {1, 0}, cpu_rate);
  std::vector<Row> rows;
  int different = 0;
  for (const int motions : a.motions) {
    if (passed() > a.seconds) {
      std::printf("%8d not begun after %.0f s\n", motions, a.seconds);
      continue;
    }
    rows.push_back(measure(set, motions, options, device, {.rounds = a.rounds, .cpu_limit = 10}, cpu_rate));
    different += rows.back().different;
    print_row(rows.back(), about, rows.size() == 1);
  }
  print_summary(rows, about);
  if (!a.csv.empty()) {
    std::FILE* file = std::fopen(a.csv.c_str(), "w");
    if (!file) bad("a file that can be written", "--csv", a.csv);
    write_csv(file, rows, about);
    std::fclose(file);
  }
  if (different > 0) std::printf("DIFFERENT: %d motions are not what the CPU makes of them\n", different);
  return different > 0 ? 1 : 0;
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments = read(count, words);
  try {
    if (arguments.device == "cpu") return run(arguments, nullptr);
    if (arguments.device == "emulated") {
      std::printf(
          "EMULATED: a GPU's kernels on this processor, for checks of the program. No figures of a GPU.\n");
      gpu::EmulatedDevice device({.memory = size_t{4} << 30});
      return run(arguments, &device);
    }
    if (const std::string why = gpu::why_not(); !why.empty()) {
      std::fprintf(stderr, "No GPU: %s\n", why.c_str());
      return 3;
    }
    introduce(gpu::device());
    return run(arguments, &gpu::device());
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "FAILED: %s\n", failure.what());
    return 1;
  }
}
