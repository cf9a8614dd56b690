// Where in one block of memory the arrays of a tile lie.
#pragma once
#include <cstddef>
#include <cstdint>

#include "cuda/tile_memory.h"

namespace selfcorrect::gpu {

// What the arrays are as large as. Grows motion by motion, longest first.
struct TileSize {
  int motions = 0;
  size_t frames = 0;
  int32_t longest = 0;      // frames of a motion
  size_t work = 0;          // bytes of scratch, were all motions prepared in one launch
  size_t longest_work = 0;  // and of the motion that wants most
  bool rotations = false;   // are wanted

  void add(int32_t frames_of_motion);
};

// Bytes of scratch of a motion.
struct WorkBytes {
  size_t series, flags;
  size_t all() const { return series + flags; }
};
WorkBytes work_bytes(int32_t frames);

// The tile's memory. At its front are arrays that have their like in pinned memory of the host: first those
// that the host fills, [M] each, then those that it asks for.
struct Placed {
  TileMemory tile;
  int32_t *start = nullptr, *length = nullptr, *active = nullptr;
  uint8_t* keep = nullptr;
  size_t *series_start = nullptr, *flags_start = nullptr;
  float* joints = nullptr;
  size_t filled = 0;  // bytes of what the host fills, without `active`
  size_t shared = 0;  // bytes of all that has its like
  size_t bytes = 0;   // of everything
};

// In `memory`, of at least .bytes, which a call with null tells. `scratch`: bytes of it.
Placed place(const TileSize& size, size_t scratch, std::byte* memory);

// How much scratch a tile is given of so much memory: enough for all of its motions, or a quarter of the
// memory, and always enough for one.
size_t scratch_of(const TileSize& size, size_t memory);

// Bytes of a tile that has all the scratch that scratch_of() gives it within `memory`.
size_t tile_bytes(const TileSize& size, size_t memory);

// How many motions of `frames` frames a tile of `memory` bytes holds.
int64_t motions_within(size_t memory, int32_t frames, bool rotations);

}  // namespace selfcorrect::gpu
