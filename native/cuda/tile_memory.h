// What lies in the memory of a device while a tile of motions is corrected there, and what its kernels are
// told.
#pragma once
#include <cstddef>
#include <cstdint>

#include "include/tracker.h"
#include "model/humanoid.h"

namespace selfcorrect {

// What tracking a motion found (TrackResult without its motion), of its last try.
struct TrackSums {
  uint8_t ok = 0;
  int32_t rung = -1;
  int32_t frames = 0;
  double residual_mean = 0, residual_max = 0, torque_mean = 0, torque_max = 0;
  double support = 0, saturation = 0, effort = 0;
};

// M motions, longest first; T frames are those of all of them. Motion i has frames start[i] to start[i] +
// length[i] - 1 of the arrays over frames. Pointers of device memory, each aligned to 256 bytes.
//
// prepare fills the reference, `reason` and reports[i].before; of a motion that is not to be tracked (reason
// is not kNone: rejected or kept) all of its results. shape fills body and knots, track tracked_* and sums,
// finish the results; these three leave a motion alone whose reason is not kNone.
struct TileMemory {
  int count = 0;  // M
  const int32_t *start = nullptr, *length = nullptr;
  const float* joints = nullptr;  // [T][22][3]
  const uint8_t* keep = nullptr;  // [M], or null

  // Room for `Work` of the kinematic stages (reference/motion.h): of motion i from series + series_start[i]
  // and from flags + flags_start[i]. Motions of one launch share none; those of launches that follow each
  // other do.
  double* series = nullptr;
  uint8_t* flags = nullptr;
  const size_t* series_start = nullptr;  // [M]
  const size_t* flags_start = nullptr;   // [M]

  // The reference.
  float* root = nullptr;       // [T][3]
  float* rotation = nullptr;   // [T][22][4]
  uint8_t* contact = nullptr;  // [T][2]
  float* offset = nullptr;     // [M][22][3]
  double* ground = nullptr;    // [M]
  uint8_t* clean = nullptr;    // [M]
  uint8_t* reason = nullptr;   // [M], Reason

  Humanoid* body = nullptr;  // [M]
  float* knots = nullptr;    // as shape and track have it

  float* tracked_root = nullptr;      // [T][3]
  float* tracked_rotation = nullptr;  // [T][22][4]
  uint8_t* tracked_labels = nullptr;  // [T][4]
  TrackSums* sums = nullptr;          // [M]

  float* out = nullptr;        // [T][22][3]
  uint8_t* labels = nullptr;   // [T][4]
  float* rotations = nullptr;  // [T][22][4], or null
  Report* reports = nullptr;   // [M]
};

// What every kernel is called with. A launch of prepare, shape or finish is for all motions of `tile`, which
// may be a part of a larger one: the arrays over motions then begin at its first.
struct KernelArgs {
  TileMemory tile;
  Options options;
  // Of track alone: the motions to try, numbers of the tile, and the caps of this rung.
  const int32_t* active = nullptr;
  int active_count = 0;
  int rung = 0;
  double force = 0;   // body weights
  double torque = 0;  // N m
  // Of the host: not 0 once nobody wants the results any more. Asked between two frames of a motion.
  const volatile int32_t* stop = nullptr;
};

}  // namespace selfcorrect
