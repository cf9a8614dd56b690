#include "reference/contact.h"

#include <algorithm>
#include <limits>

#include "reference/flight.h"
#include "reference/foot.h"

namespace selfcorrect::kinematics {
namespace {

constexpr double kNear = 0.030, kLeave = 0.045;  // m: height that makes a contact, and that keeps one
// m/s. A foot that moves a little over the ground is stepping; at the same speed on the ground it slides.
constexpr double kSpeed = 0.6, kRaisedSpeed = 0.2, kVerticalSpeed = 0.35;
constexpr double kSlide = 1.5;    // m/s: faster than that nothing stands on it
constexpr double kShort = 0.075;  // s: gaps and contacts shorter than this are noise

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

using Soles = std::vector<Positions>;  // [frames] 0 heel, 1 ball

Soles sole_edges(const Motion& motion, int side) {
  constexpr int ends[2][2] = {{0, 1}, {kSolePoints, kSolePoints + 1}};
  Soles points(motion.frames());
  for (int t = 0; t < motion.frames(); ++t) {
    const SolePoints sole = planted_sole_points(motion, t, side);
    for (int i = 0; i < 2; ++i) points[t][i] = lower_end(sole[ends[i][0]], sole[ends[i][1]]);
  }
  return points;
}

// Frames in which the heel or the ball rests near the ground; a contact begins nearer to it than it ends.
std::vector<bool> resting(const Motion& motion, const Soles& points) {
  const int frames = motion.frames();
  std::vector<bool> near(frames), held(frames), contact(frames, false);
  for (int t = 0; t < frames; ++t)
    for (int i = 0; i < 2; ++i) {
      const Vec3 step = motion.fps * slowest_step(points, t, i);
      const double limit = kSpeed + (kRaisedSpeed - kSpeed) * smoothstep(points[t][i].y, kNear / 2, kLeave);
      const bool slow = norm(step) < limit && std::fabs(step.y) < kVerticalSpeed;
      near[t] = near[t] || (slow && points[t][i].y < kNear);
      held[t] = held[t] || (slow && points[t][i].y < kLeave);
    }
  for (const Run& run : runs_of(held, true)) {
    const bool touched =
        std::find(near.begin() + run.begin, near.begin() + run.end, true) != near.begin() + run.end;
    if (touched) std::fill(contact.begin() + run.begin, contact.begin() + run.end, true);
  }
  return contact;
}

// Speed in m/s of the slower end of a sole that is near the ground; infinite where none is.
double sliding_speed(const Motion& motion, const Soles& points, int t) {
  double speed = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 2; ++i)
    if (points[t][i].y < kNear) speed = std::min(speed, motion.fps * norm(slowest_step(points, t, i)));
  return speed;
}

// Closes short gaps between contacts, then drops short contacts.
void drop_short_runs(std::vector<bool>& contact, int shortest) {
  const int frames = static_cast<int>(contact.size());
  for (const Run& run : runs_of(contact, false))
    if (run.end - run.begin <= shortest && run.begin > 0 && run.end < frames)
      std::fill(contact.begin() + run.begin, contact.begin() + run.end, true);
  for (const Run& run : runs_of(contact, true))
    if (run.end - run.begin <= shortest)
      std::fill(contact.begin() + run.begin, contact.begin() + run.end, false);
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
  const Soles soles[2] = {sole_edges(motion, 0), sole_edges(motion, 1)};
  std::vector<bool> contact[2] = {resting(motion, soles[0]), resting(motion, soles[1])};
  const std::vector<double> support = carried(motion);
  for (int t = 0; t < motion.frames(); ++t) {
    if (contact[0][t] || contact[1][t] || support[t] < 0.5) continue;
    // Something carries the body: the slower foot, though it slides.
    const double speed[2] = {sliding_speed(motion, soles[0], t), sliding_speed(motion, soles[1], t)};
    const int side = speed[1] < speed[0];
    contact[side][t] = speed[side] < kSlide;
  }
  for (int side = 0; side < 2; ++side) {
    drop_short_runs(contact[side], std::max(1, static_cast<int>(kShort * motion.fps)));
    for (int t = 0; t < motion.frames(); ++t) motion.contact[t][side] = contact[side][t];
  }
}

}  // namespace selfcorrect::kinematics
