// The kernel `shape`: from the reference of a motion to what tracking takes of it, its humanoid and its
// spline.
#pragma once
#include "control/spline_bend.h"
#include "control/tuning.h"
#include "cuda/knots.h"
#include "cuda/spot.h"
#include "cuda/tile_memory.h"
#include "model/humanoid.h"

namespace selfcorrect {

// Warps of a group of motions, each of which has a part of all of them: the pelvis' position, a body's
// rotation, or the humanoid.
constexpr int kShapeParts = 1 + kBodies + 1;

// Threads for the motions of a tile.
constexpr int shape_threads(int motions) {
  return (motions + kKnotColumns - 1) / kKnotColumns * kKnotColumns * kShapeParts;
}

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

// Channels `first` to `last` of motion i: their values out of `from`, a frame's `width` numbers apart, and
// what follows from them.
SC_CALL inline void shape_channels(const TileMemory& tile, double fps, double smoothing, int i, int first,
                                   int last, const float* from, int width) {
  const int frames = tile.length[i];
  const Rows<kKnotColumns> rows{kKnotGroupRow};
  float* const value = tile.knots + knots_of(tile.start, tile.length, i);
  float* const curvature = value + kChannels * kKnotColumns;
  float* const drive = curvature + kChannels * kKnotColumns;
  from += static_cast<size_t>(tile.start[i]) * static_cast<size_t>(width);
  for (int f = 0; f < frames; f++, from += width)
    for (int k = first; k < last; k++) {
      const int c = k * kKnotColumns;
      rows.at(value, f)[c] = from[k - first];
      if (frames < 3) rows.at(curvature, f)[c] = rows.at(drive, f)[c] = 0;
    }
  if (frames >= 3)
    bend_channels(rows, value, frames, fps, smoothing, first, last, curvature, drive,
                  drive + first * kKnotColumns, kKnotGroupRow);
}

// shape_threads() threads, for the whole tile at once: thread t of a warp has motion t of its group.
SC_CALL inline void shape(const KernelArgs& args, Spot spot) {
  const TileMemory& tile = args.tile;
  const int warp = spot.index() / kKnotColumns, part = warp % kShapeParts;
  const int i = warp / kShapeParts * kKnotColumns + spot.index() % kKnotColumns;
  if (i >= tile.count || tile.reason[i] != static_cast<uint8_t>(Reason::kNone)) return;
  const double fps = args.options.fps, smoothing = Tuning{}.smoothing;
  if (part == 0) {
    shape_channels(tile, fps, smoothing, i, 0, 3, tile.root, 3);
  } else if (part <= kBodies) {
    const int b = part - 1, first = 3 + b * 4;
    shape_channels(tile, fps, smoothing, i, first, first + 4, tile.rotation + b * 4, kBodies * 4);
  } else {
    Skeleton skeleton;
    const float* offset = tile.offset + static_cast<size_t>(i) * kBodies * 3;
    for (auto& bone : skeleton.offset)
      for (float& x : bone) x = *offset++;
    tile.body[i] = make_humanoid(skeleton);
  }
}

}  // namespace SC_ISA
}  // namespace selfcorrect
