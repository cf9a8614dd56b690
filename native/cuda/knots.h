// Where a tile keeps the knots of its splines (control/spline.h) on a device: 32 motions side by side, so
// that the threads of a warp, each with a motion, read neighbours.
//
// Motions are in groups of 32 in the order of the tile, which is longest first. A group's rows are its
// frames, as many as its first motion has; a row has every channel's value, curvature and drive, of 32
// motions each. A group but the first begins, in rows, where the frames of all groups before the last one
// end: no group is larger than all the frames of the one before it, so that this leaves room enough, without
// a table.
#pragma once
#include <cstddef>
#include <cstdint>

#include "control/spline.h"

namespace selfcorrect {

constexpr int kKnotColumns = 32;                           // motions side by side
constexpr size_t kKnotRow = 3 * kChannels;                 // floats of a motion's frame
constexpr size_t kKnotGroupRow = kKnotRow * kKnotColumns;  // of a group's

// Floats that the knots of a tile take, of motions with `frames` frames in all, the longest of `longest`.
SC_CALL constexpr size_t knots_size(size_t frames, int32_t longest) {
  return (frames + static_cast<size_t>(longest) * kKnotColumns) * kKnotRow;
}

// Of motion i of a tile: where the values of its first frame are, the next channel's kKnotColumns further,
// the next frame's kKnotGroupRow.
SC_CALL constexpr size_t knots_of(const int32_t* start, const int32_t* length, int i) {
  const int group = i / kKnotColumns;
  size_t frames = 0;
  if (group > 0)
    frames = static_cast<size_t>(length[0]) * kKnotColumns +
             static_cast<size_t>(start[(group - 1) * kKnotColumns]);
  return frames * kKnotRow + static_cast<size_t>(i % kKnotColumns);
}

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// One frame of one motion's spline, as a Knot.
struct KnotColumn {
  const float* numbers;

  SC_INLINE float operator[](int k) const {
#ifdef __CUDA_ARCH__
    return __ldg(numbers + k * kKnotColumns);
#else
    return numbers[k * kKnotColumns];
#endif
  }
};
struct KnotColumns {
  KnotColumn value, curvature, drive;

  SC_INLINE explicit KnotColumns(const float* at)
      : value{at}, curvature{at + kChannels * kKnotColumns}, drive{at + 2 * kChannels * kKnotColumns} {}
};

}  // namespace SC_ISA
}  // namespace selfcorrect
