#include "reference/contact.h"

#include <algorithm>

#include "reference/foot.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kNear = 0.030, kLeave = 0.045;        // m: height that makes a contact, and that keeps one
constexpr double kSpeed = 0.6, kVerticalSpeed = 0.35;  // m/s
constexpr double kShort = 0.075;                       // s: gaps and contacts shorter than this are noise

// Middle of an edge of the sole, at the height of its lower end.
Vec3 lower_end(Vec3 a, Vec3 b) { return {0.5 * (a.x + b.x), std::min(a.y, b.y), 0.5 * (a.z + b.z)}; }

std::vector<Run> runs_of(const std::vector<bool>& value, bool wanted) {
  std::vector<Run> runs;
  const int n = static_cast<int>(value.size());
  for (int i = 0; i < n;) {
    int end = i + 1;
    while (end < n && value[end] == value[i]) ++end;
    if (value[i] == wanted) runs.push_back({i, end});
    i = end;
  }
  return runs;
}

std::vector<bool> foot_contacts(const Motion& motion, int side) {
  const int frames = motion.frames();
  constexpr int ends[2][2] = {{0, 1}, {kSolePoints, kSolePoints + 1}};  // heel, ball
  std::vector<Positions> points(frames);
  for (int t = 0; t < frames; ++t) {
    const SolePoints sole = planted_sole_points(motion, t, side);
    for (int i = 0; i < 2; ++i) points[t][i] = lower_end(sole[ends[i][0]], sole[ends[i][1]]);
  }
  std::vector<bool> near(frames), held(frames), contact(frames, false);
  for (int t = 0; t < frames; ++t)
    for (int i = 0; i < 2; ++i) {
      const Vec3 step = motion.fps * slowest_step(points, t, i);
      const bool slow = norm(step) < kSpeed && std::fabs(step.y) < kVerticalSpeed;
      near[t] = near[t] || (slow && points[t][i].y < kNear);
      held[t] = held[t] || (slow && points[t][i].y < kLeave);
    }
  for (const Run& run : runs_of(held, true)) {
    const bool touched =
        std::find(near.begin() + run.begin, near.begin() + run.end, true) != near.begin() + run.end;
    if (touched) std::fill(contact.begin() + run.begin, contact.begin() + run.end, true);
  }
  const int shortest = std::max(1, static_cast<int>(kShort * motion.fps));
  for (const Run& run : runs_of(contact, false))
    if (run.end - run.begin <= shortest && run.begin > 0 && run.end < frames)
      std::fill(contact.begin() + run.begin, contact.begin() + run.end, true);
  for (const Run& run : runs_of(contact, true))
    if (run.end - run.begin <= shortest)
      std::fill(contact.begin() + run.begin, contact.begin() + run.end, false);
  return contact;
}

}  // namespace

std::vector<Run> contact_runs(const Motion& motion, int side) {
  std::vector<bool> contact(motion.frames());
  for (int t = 0; t < motion.frames(); ++t) contact[t] = motion.contact[t][side];
  return runs_of(contact, true);
}

std::vector<int> frames_from_contact(const Motion& motion, int side) {
  const int frames = motion.frames(), far = 1 << 20;
  std::vector<int> distance(frames, far);
  for (int t = 0, d = far; t < frames; ++t)
    distance[t] = d = motion.contact[t][side] ? 0 : std::min(far, d + 1);
  for (int t = frames - 1, d = far; t >= 0; --t) {
    d = motion.contact[t][side] ? 0 : std::min(far, d + 1);
    distance[t] = std::min(distance[t], d);
  }
  return distance;
}

void detect_contacts(Motion& motion) {
  for (int side = 0; side < 2; ++side) {
    const std::vector<bool> contact = foot_contacts(motion, side);
    for (int t = 0; t < motion.frames(); ++t) motion.contact[t][side] = contact[t];
  }
}

}  // namespace selfcorrect::kinematics
