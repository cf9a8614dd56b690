// The part of a tile's memory that is one motion's.
#pragma once
#include "cuda/tile_memory.h"
#include "reference/room.h"

namespace selfcorrect {
inline namespace SC_ISA {

// The numbers of motion `i` in an array over all frames with `width` numbers a frame; null in no array.
template <class T>
SC_INLINE T* rows_of(T* array, const TileMemory& tile, int i, int width) {
  return array ? array + static_cast<size_t>(tile.start[i]) * width : nullptr;
}

// Its room for the stages.
SC_INLINE Work work_of(const TileMemory& tile, int i) {
  Work work;
  settle(work, tile.length[i], tile.series + tile.series_start[i], tile.flags + tile.flags_start[i]);
  return work;
}

// The motion as it came is its result.
SC_INLINE void leave_as_it_came(const TileMemory& tile, int i) {
  copy(rows_of(tile.joints, tile, i, kPlaces), static_cast<long>(tile.length[i]) * kPlaces,
       rows_of(tile.out, tile, i, kPlaces));
}

}  // namespace SC_ISA
}  // namespace selfcorrect
