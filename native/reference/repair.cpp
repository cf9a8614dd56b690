#include "reference/repair.h"

#include <algorithm>

#include "reference/smooth.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kGlitch = 0.08;     // m from the middle of the neighbours
constexpr double kGlitchFactor = 4;  // and that many times what the frames around show

constexpr double kSizeSmooth = 0.1;  // s
constexpr double kSizeNoise = 0.01;  // of the size: what noise of the joints alone can cause

Vec3 second_difference(const std::vector<Positions>& p, int t, int j) {
  return p[t + 1][j] - 2.0 * p[t][j] + p[t - 1][j];
}

}  // namespace

bool repair_glitches(std::vector<Positions>& positions) {
  const int frames = static_cast<int>(positions.size());
  const auto off = [&](int t, int j) { return 0.5 * norm(second_difference(positions, t, j)); };
  bool any = false;
  for (int j = 0; j < kJoints; ++j)
    for (int t = 1; t + 1 < frames; ++t) {
      const double here = off(t, j);
      if (here < kGlitch) continue;
      // The direct neighbours see half of a glitch; those one further see nothing of it.
      double around = 0;
      if (t >= 3) around = std::max(around, off(t - 2, j));
      if (t + 3 < frames) around = std::max(around, off(t + 2, j));
      const double before = t >= 2 ? off(t - 1, j) : 0.5 * here,
                   after = t + 2 < frames ? off(t + 1, j) : 0.5 * here;
      const bool halved = std::min(before, after) > 0.3 * here && std::max(before, after) < 0.75 * here;
      if (halved && here > kGlitchFactor * around) {
        positions[t][j] = lerp(positions[t - 1][j], positions[t + 1][j], 0.5);
        any = true;
      }
    }
  return any;
}

void repair_size(std::vector<Positions>& positions, double fps) {
  const int frames = static_cast<int>(positions.size());
  std::vector<double> size(frames, 0);
  for (int t = 0; t < frames; ++t)
    for (int j = 1; j < kJoints; ++j) size[t] += norm(positions[t][j] - positions[t][kParent[j]]);
  std::vector<double> sorted = size;
  std::nth_element(sorted.begin(), sorted.begin() + frames / 2, sorted.end());
  const double median = sorted[frames / 2];
  size = gaussian(size, kSizeSmooth * fps);
  for (int t = 0; t < frames; ++t) {
    const double change = size[t] / median - 1, square = change * change;
    const double scale = 1 / (1 + change * square / (square + kSizeNoise * kSizeNoise));
    for (int j = 1; j < kJoints; ++j)
      positions[t][j] = positions[t][0] + scale * (positions[t][j] - positions[t][0]);
  }
}

}  // namespace selfcorrect::kinematics
