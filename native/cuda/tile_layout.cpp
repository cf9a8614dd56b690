#include "cuda/tile_layout.h"

#include <algorithm>

#include "cuda/knots.h"
#include "reference/room.h"

namespace selfcorrect::gpu {
namespace {

constexpr size_t kAlignment = 256;

size_t aligned(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Deals out a block of memory from the front; without one, it counts.
class Carver {
 public:
  explicit Carver(std::byte* memory) : memory_(memory) {}

  template <class T>
  T* take(size_t count) {
    T* const taken = memory_ ? reinterpret_cast<T*>(memory_ + taken_) : nullptr;
    taken_ += aligned(count * sizeof(T));
    return taken;
  }
  size_t taken() const { return taken_; }

 private:
  std::byte* const memory_;
  size_t taken_ = 0;
};

}  // namespace

WorkBytes work_bytes(int32_t frames) {
  return {aligned(work_size(frames) * sizeof(double)), aligned(flags_size(frames))};
}

void TileSize::add(int32_t frames_of_motion) {
  motions++;
  frames += static_cast<size_t>(frames_of_motion);
  longest = std::max(longest, frames_of_motion);
  const size_t scratch = work_bytes(frames_of_motion).all();
  work += scratch;
  longest_work = std::max(longest_work, scratch);
}

Placed place(const TileSize& size, size_t scratch, std::byte* memory) {
  const size_t m = static_cast<size_t>(size.motions), t = size.frames;
  Carver carver(memory);
  Placed placed;
  TileMemory& tile = placed.tile;
  tile.count = size.motions;
  tile.start = placed.start = carver.take<int32_t>(m);
  tile.length = placed.length = carver.take<int32_t>(m);
  tile.keep = placed.keep = carver.take<uint8_t>(m);
  tile.series_start = placed.series_start = carver.take<size_t>(m);
  tile.flags_start = placed.flags_start = carver.take<size_t>(m);
  placed.filled = carver.taken();
  placed.active = carver.take<int32_t>(m);
  tile.reason = carver.take<uint8_t>(m);
  tile.sums = carver.take<TrackSums>(m);
  placed.shared = carver.taken();
  tile.joints = placed.joints = carver.take<float>(t * kJoints * 3);
  tile.root = carver.take<float>(t * 3);
  tile.rotation = carver.take<float>(t * kJoints * 4);
  tile.contact = carver.take<uint8_t>(t * 2);
  tile.offset = carver.take<float>(m * kJoints * 3);
  tile.ground = carver.take<double>(m);
  tile.clean = carver.take<uint8_t>(m);
  tile.body = carver.take<Humanoid>(m);
  tile.knots = carver.take<float>(knots_size(t, size.longest));
  tile.tracked_root = carver.take<float>(t * 3);
  tile.tracked_rotation = carver.take<float>(t * kJoints * 4);
  tile.tracked_labels = carver.take<uint8_t>(t * kLabels);
  tile.out = carver.take<float>(t * kJoints * 3);
  tile.labels = carver.take<uint8_t>(t * kLabels);
  if (size.rotations) tile.rotations = carver.take<float>(t * kJoints * 4);
  tile.reports = carver.take<Report>(m);
  tile.flags = carver.take<uint8_t>(scratch);
  tile.series = reinterpret_cast<double*>(tile.flags);  // of one block, which every motion has its part of
  placed.bytes = carver.taken();
  return placed;
}

size_t scratch_of(const TileSize& size, size_t memory) {
  return std::min(size.work, std::max(size.longest_work, memory / 4));
}

size_t tile_bytes(const TileSize& size, size_t memory) {
  return place(size, scratch_of(size, memory), nullptr).bytes;
}

int64_t motions_within(size_t memory, int32_t frames, bool rotations) {
  TileSize one;
  one.rotations = rotations;
  one.add(frames);
  const auto of = [&](int64_t count) {
    TileSize many = one;
    many.motions = static_cast<int>(count);
    many.frames *= static_cast<size_t>(count);
    many.work *= static_cast<size_t>(count);
    return tile_bytes(many, memory);
  };
  int64_t fit = 0;
  for (int64_t step = int64_t{1} << 30; step > 0; step /= 2)
    if (fit + step < int64_t{1} << 31 && of(fit + step) <= memory) fit += step;
  return fit;
}

}  // namespace selfcorrect::gpu
