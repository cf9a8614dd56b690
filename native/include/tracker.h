// The one public header of the physics corrector. No exceptions cross it: every outcome is a Status per
// motion.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>

namespace selfcorrect {

enum class Preset : int { kClip = 0, kLoop = 1 };

// What computes; the bytes are the same.
enum class Device : int { kCpu = 0, kCuda = 1 };

// 'ok': tracked within the first rung of assistance. 'assisted': needed a higher rung. 'rejected': not a
// motion. 'failed': no rung could track it; the cleaned kinematic motion is returned. 'aborted': cancelled
// before it ran.
enum class Status : int { kOk = 0, kAssisted = 1, kRejected = 2, kFailed = 3, kAborted = 4 };

enum class Reason : int {
  kNone = 0,
  kEmpty = 1,       // no frames
  kNotFinite = 2,   // NaN or infinity
  kOutOfRange = 3,  // a joint further than 1,000 m from the origin or faster than 100 m/s
  kBones =
      4,      // bone lengths that no rigid body fits: median under 1 cm or over 2 m, or a deviation over 50 %
  kFell = 5,  // the body fell or left the reference on every rung
  kCancelled = 6,
  kTooShort = 7,  // fewer than 4 frames
  kKept = 8,      // left as it is by the caller's choice (gamma); status ok
  kValid = 9      // needs no correction (preset loop); status ok
};

// Tracking by many deviating simulations of one motion, of which the best go on (control/sample.h); for
// motions that one simulation loses. Off when `samples` is 0.
struct Sampling {
  int samples = 0;         // simulations of each window: 0, or at least 2
  int keep = 8;            // of them go on, 1 to `samples`
  double window = 0.1;     // s
  double lookahead = 0.4;  // s
  uint64_t seed = 0;
};

struct Options {
  double fps = 20;
  Preset preset = Preset::kClip;
  bool keep_path = false;      // do not take the slides of the feet out of the pelvis' path
  double rate = 240;           // physics steps per second
  double assist_force = 0.5;   // first rung: cap of the residual root force, body weights
  double assist_torque = 300;  // and of the residual root torque, N m
  Sampling sampling;
  int threads = 0;  // 0: one per core
  Device device = Device::kCpu;
};

// Contact with the ground. Tolerance 5 mm. Of the joints: the official evaluation's definitions with joint
// spheres of radius 0. Of the body: the same of the humanoid's own contact points, over the ground it is
// simulated on.
struct Contact {
  double penetrate = 0;  // mm
  double floating = 0;   // mm
  double skate = 0;      // mm per frame
};

struct Measure {
  Contact joints, body;
  double jerk = 0;        // m/s^3, mean over joints and frames of the third difference
  double root_speed = 0;  // m/s, mean of the pelvis
};

struct Report {
  Status status = Status::kAborted;
  Reason reason = Reason::kCancelled;
  int rung = -1;             // 0, 1, ... of the assistance ladder; -1: not tracked
  bool sampled = false;      // tracked by sampling
  double residual_mean = 0;  // residual root force, body weights
  double residual_max = 0;
  double torque_mean = 0;  // residual root torque, N m
  double torque_max = 0;
  double support = 0;     // share of the vertical support that the residual carried
  double saturation = 0;  // share of all joints and steps whose torque reached the joint's limit
  double effort = 0;      // largest torque of a joint over its limit; commands end at 1, shocks do not
  Measure before, after;
  double error = 0;       // mean joint distance to the input, mm
  double error_root = 0;  // the same relative to the pelvis
};

constexpr int kLabels = 4;  // left ankle 7, left foot 10, right ankle 8, right foot 11: HumanML3D's order

// One batch: an array for every motion, where the caller has it; nothing is copied. Of motion i:
// `joints[i]` and `out[i]` are [lengths[i]][22][3] and do not overlap. `labels[i]` is [lengths[i]][4]: 1
// where the sole of that body (heel part or toes) carried load since the frame before, of a motion that was
// not simulated where it is within 5 mm of the ground. `rotations` is optional, [lengths[i]][22][4]: absolute
// rotation of each body, wxyz, in the motion returned; identity in the rest pose of reference.h.
// A rejected or kept motion's `out` is its input. Not written: labels and rotations of a rejected motion, and
// all three of one that was not reached because the job was cancelled or failed.
struct Batch {
  const float* const* joints = nullptr;
  const int32_t* lengths = nullptr;
  const uint8_t* keep = nullptr;  // optional, [count]: 1 = measure this motion and return it as it is (gamma)
  int count = 0;
  float* const* out = nullptr;
  uint8_t* const* labels = nullptr;
  float* const* rotations = nullptr;
  Report* reports = nullptr;  // [count]
};

// Corrects a batch on `options.threads` threads and returns when all are done or `cancel` became true.
// `progress(done)` is called from worker threads. On kCuda these threads do what the device does not:
// sampling. Throws std::bad_alloc without memory (gpu::OutOfMemory without that of the device, for one
// motion), and gpu::Failure (cuda/device.h) where there is no device or it fails: what was not reached is
// untouched.
void correct_batch(const Batch& batch, const Options& options, const std::atomic<bool>& cancel,
                   const std::function<void(int)>& progress);

}  // namespace selfcorrect
