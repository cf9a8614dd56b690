#include "bench/table.h"

#include <cmath>
#include <string>

namespace selfcorrect::bench {
namespace {

enum Kernel { kPrepare, kShape, kTrack, kFinish };

std::string text(const char* format, double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

// Steps a second of the track kernel alone.
double steps_rate(const Stages& stages, const About& about) {
  return static_cast<double>(stages.motions[kTrack]) * about.steps / stages.kernel[kTrack];
}

// Where device and CPU are equally fast: between the last size at which the CPU is faster and the next, by
// straight lines of the logarithms. Zero where the device is faster from the first size on; less than zero
// where it never is, or where one of both was not measured.
double crossover(const std::vector<Row>& rows) {
  const Row* before = nullptr;
  double slower = 0;
  for (const Row& row : rows) {
    if (!row.cpu || !row.device) break;
    const double ratio = std::log(*row.device / *row.cpu);  // over 0: the CPU is faster
    if (ratio <= 0) {
      if (!before) return 0;
      const double share = slower / (slower - ratio);
      return std::exp(std::log(before->motions) * (1 - share) + std::log(row.motions) * share);
    }
    before = &row;
    slower = ratio;
  }
  return -1;
}

}  // namespace

void print_row(const Row& row, const About& about, bool header) {
  if (header)
    std::printf("%8s %10s %10s %8s %10s %8s %8s %8s %8s %8s %8s  %s\n", "motions", "cpu /s", "device /s",
                "ratio", "M steps/s", "up ms", "prepare", "shape", "track", "finish", "down", "bytes");
  std::printf("%8d %10s %10s %8s", row.motions, row.cpu ? text("%.0f", row.motions / *row.cpu).c_str() : "-",
              row.device ? text("%.0f", row.motions / *row.device).c_str() : "-",
              row.cpu && row.device ? text("%.2f", *row.cpu / *row.device).c_str() : "-");
  if (row.stages) {
    const Stages& s = *row.stages;
    std::printf(" %10.2f %8.2f %8.2f %8.2f %8.2f %8.2f %8.2f  %s", 1e-6 * steps_rate(s, about),
                1e3 * s.upload, 1e3 * s.kernel[kPrepare], 1e3 * s.kernel[kShape], 1e3 * s.kernel[kTrack],
                1e3 * s.kernel[kFinish], 1e3 * s.download,
                row.different == 0 ? "the CPU's" : (std::to_string(row.different) + " differ").c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
}

void print_summary(const std::vector<Row>& rows, const About& about) {
  std::printf(
      "\n%s, motions of %.1f s: %.0f steps each, %.0f operations a step (counted); CPU on %d threads\n",
      about.device, about.frames / 20.0, about.steps, about.operations, about.cpu_threads);
  for (const Row& row : rows)
    if (row.stages)
      std::printf("%8d motions: %.1f GFLOP/s in track, kernels %.2f ms of %.2f ms for the whole batch\n",
                  row.motions, 1e-9 * steps_rate(*row.stages, about) * about.operations,
                  1e3 * row.stages->kernels(), 1e3 * *row.device);
  const double from = crossover(rows);
  if (from > 0)
    std::printf("crossover: %.0f motions\n", from);
  else if (from == 0)
    std::printf("crossover: at the smallest size, %d motions, or below\n", rows.front().motions);
  else
    std::printf("crossover: not among the sizes measured on both\n");
}

void write_csv(std::FILE* file, const std::vector<Row>& rows, const About& about) {
  std::fprintf(file,
               "device,motions,frames,rounds,cpu_threads,cpu_s,device_s,cpu_over_device,motions_per_s,"
               "steps_per_s,upload_s,prepare_s,shape_s,track_s,finish_s,download_s,upload_bytes,"
               "download_bytes,track_launches,different\n");
  for (const Row& row : rows) {
    std::fprintf(file, "%s,%d,%d,%d,%d,%s,%s,%s,%s", about.device, row.motions, about.frames, row.rounds,
                 about.cpu_threads, row.cpu ? text("%.6g", *row.cpu).c_str() : "",
                 row.device ? text("%.6g", *row.device).c_str() : "",
                 row.cpu && row.device ? text("%.4g", *row.cpu / *row.device).c_str() : "",
                 row.device ? text("%.6g", row.motions / *row.device).c_str() : "");
    if (row.stages) {
      const Stages& s = *row.stages;
      std::fprintf(file, ",%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%zu,%zu,%d,%d\n", steps_rate(s, about),
                   s.upload, s.kernel[kPrepare], s.kernel[kShape], s.kernel[kTrack], s.kernel[kFinish],
                   s.download, s.uploaded, s.downloaded, s.launches[kTrack], row.different);
    } else {
      std::fprintf(file, ",,,,,,,,,,,\n");
    }
  }
}

}  // namespace selfcorrect::bench
