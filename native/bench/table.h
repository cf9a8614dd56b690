// What was measured, for people and as CSV.
#pragma once
#include <cstdio>
#include <vector>

#include "bench/measure.h"

namespace selfcorrect::bench {

struct About {
  const char* device;  // cuda, emulated or cpu
  int frames, cpu_threads;
  double steps;       // of tracking a motion
  double operations;  // of a step
};

// One row, as soon as it is there. `header`: its columns before.
void print_row(const Row& row, const About& about, bool header);

// The number of motions from which the device is sooner done than the CPU, between the sizes measured; and
// what else follows from all rows.
void print_summary(const std::vector<Row>& rows, const About& about);

// Empty cells for what was not measured.
void write_csv(std::FILE* file, const std::vector<Row>& rows, const About& about);

}  // namespace selfcorrect::bench
