#include "reference/build.h"

#include <algorithm>

#include "reference/clean.h"
#include "reference/contact.h"
#include "reference/filter.h"
#include "reference/floor.h"
#include "reference/foot.h"
#include "reference/footlock.h"
#include "reference/ik.h"
#include "reference/limit.h"
#include "reference/repair.h"
#include "reference/reroot.h"
#include "reference/skeleton.h"
#include "reference/validate.h"

namespace selfcorrect {
namespace {

using namespace kinematics;

constexpr double kClipCutoff = 6, kJitterCutoff = 4, kLoopCutoff = 7;  // Hz
constexpr double kStill = 0.04;                                        // m/s that a locked foot may slip
constexpr double kClipClearance = 0.04, kLoopClearance = 0.05;         // m
// Heights in m of a planted toe joint over the user's y = 0. In real motion, whose lowest joint of a clip is
// at 0, it is 0 to 14 mm. `kTouching` is as high as the measures call it touching.
constexpr double kTouching = 0.004, kPlausible = 0.012;

// Where the planted toe joints of the result are, given the floor that was found. One clip is put where it
// touches; for a generator a plausible height is left as it is, so that the heights it learns from keep their
// distribution. The height of a floor that went up and down means nothing.
double planted_height(const Floor& floor, bool clip) {
  if (clip) return kTouching;
  double variation = 0;
  for (double height : floor.height) variation = std::max(variation, std::fabs(height - floor.level));
  const double before = floor.level + kSoleDepth;
  const double beyond = std::max({0.0, -before, before - kPlausible}) / kPlausible;
  const double kept = std::clamp(before, 0.0, kPlausible);
  return kept + (kTouching - kept) * std::max(std::min(1.0, beyond), smoothstep(variation, 0.01, 0.03));
}

void read(const float* joints, int frames, std::vector<Positions>& positions) {
  positions.resize(frames);
  for (Positions& p : positions)
    for (Vec3& joint : p) {
      joint = {joints[0], joints[1], joints[2]};
      joints += 3;
    }
}

void lower(Motion& motion, const std::vector<double>& height) {
  for (int t = 0; t < motion.frames(); ++t)
    for (Vec3& joint : motion.position[t]) joint.y -= height[t];
}

void write(const Motion& motion, double ground, Reference& out) {
  out.frames = motion.frames();
  out.fps = motion.fps;
  out.ground = ground;
  out.root.clear();
  out.rotation.clear();
  out.contact.clear();
  out.skeleton = skeleton_of(motion);
  std::array<Quat, kJoints> last = motion.rotation.front();
  for (int t = 0; t < motion.frames(); ++t) {
    const Vec3 root = motion.position[t][0];
    for (double v : {root.x, root.y, root.z}) out.root.push_back(float(v));
    for (int j = 0; j < kJoints; ++j) {
      const Quat q = motion.rotation[t][j];
      last[j] = dot(q, last[j]) < 0 ? negate(q) : q;
      for (double v : {last[j].w, last[j].x, last[j].y, last[j].z}) out.rotation.push_back(float(v));
    }
    for (bool contact : motion.contact[t]) out.contact.push_back(contact);
  }
}

}  // namespace

Skeleton skeleton_of(const Motion& motion) {
  Skeleton skeleton;
  for (int j = 0; j < kJoints; ++j) {
    const Vec3 o = motion.offset[j];
    skeleton.offset[j] = {float(o.x), float(o.y), float(o.z)};
  }
  return skeleton;
}

Reason build_reference(const float* joints, int frames, const Options& options, Reference& out,
                       const Posed& posed) {
  const Reason reason = validate(joints, frames, options.fps);
  if (reason != Reason::kNone) return reason;
  const double fps = options.fps;
  // Kept from call to call: fresh pages for every motion of a batch would cost more than the work on them.
  thread_local std::vector<Positions> positions;
  read(joints, frames, positions);
  const bool clip = options.preset == Preset::kClip;
  out.clean = !clip && !any_joint_jittery(positions, fps);  // for a clip nobody asks
  out.clean &= !repair_glitches(positions);
  const bool jittery = is_jittery(positions, fps);
  if (clip)
    low_pass(positions, fps, jittery ? kJitterCutoff : kClipCutoff);
  else if (jittery)
    low_pass(positions, fps, kLoopCutoff);
  repair_size(positions, fps);
  thread_local Motion motion;
  solve_ik(positions, measure_skeleton(positions, fps), fps, motion);
  out.clean = out.clean && bones_are_constant(motion, joints);
  const Floor floor = find_floor(motion);
  const double ground = planted_height(floor, clip) - kSoleDepth;
  if (posed) posed(motion, ground);
  lower(motion, floor.height);
  detect_contacts(motion);
  out.clean = out.clean && stands_still(motion, floor);
  const auto clean_feet = [&] {
    stand_feet(motion);
    if (!options.keep_path) reroot(motion);
    lock_feet(motion, clip ? kClipClearance : kLoopClearance);
    pose_all(motion);
  };
  clean_feet();
  // Feet that slide further than a leg can follow still slide then; the second time there is less to do.
  const auto locked = motion.contact;
  detect_contacts(motion);
  if (typical_slip(motion) * fps > kStill || feet_slide(motion))
    clean_feet();
  else
    motion.contact = locked;
  keep_limits(motion);  // locking and levelling feet may have left them
  write(motion, ground, out);
  return Reason::kNone;
}

void reference_joints(const Reference& reference, float* joints) {
  Positions p{};
  for (int t = 0; t < reference.frames; ++t) {
    const float* root = &reference.root[3 * t];
    p[0] = {root[0], root[1] + reference.ground, root[2]};
    for (int j = 1; j < kJoints; ++j) {
      const float* q = &reference.rotation[4 * (t * kJoints + kParent[j])];
      const auto& o = reference.skeleton.offset[j];
      p[j] = p[kParent[j]] + rotate(Quat{q[0], q[1], q[2], q[3]}, Vec3{o[0], o[1], o[2]});
    }
    for (const Vec3& joint : p)
      for (double v : {joint.x, joint.y, joint.z}) *joints++ = float(v);
  }
}

}  // namespace selfcorrect
