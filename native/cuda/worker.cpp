#include "cuda/worker.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>

namespace selfcorrect::gpu {
namespace {

constexpr size_t kFrame = kJoints * 3, kTurns = kJoints * 4;
constexpr auto kLook = std::chrono::microseconds(200);  // how often a kernel is looked at
constexpr int kTold = 2;  // the mark of copies to and from control_; those of staging_ are 0 and 1

template <class T>
void copy(T* to, const T* from, size_t count) {
  if (count > 0) std::memcpy(to, from, count * sizeof(T));
}

// Where in a staging buffer the results of a part with so many motions and frames lie.
struct Results {
  Report* reports;
  float* out;
  float* rotations;  // null where not wanted
  uint8_t* labels;
};
Results results_in(std::byte* buffer, size_t motions, size_t frames, bool rotations) {
  Results at{};
  at.reports = reinterpret_cast<Report*>(buffer);
  at.out = reinterpret_cast<float*>(at.reports + motions);
  float* next = at.out + frames * kFrame;
  if (rotations) {
    at.rotations = next;
    next += frames * kTurns;
  }
  at.labels = reinterpret_cast<uint8_t*>(next);
  return at;
}

// Returned as it came: out is the input.
bool is_returned(const Report& report) {
  return report.status == Status::kRejected || report.reason == Reason::kKept ||
         report.reason == Reason::kValid;
}

}  // namespace

Worker::Worker(Shared& shared, size_t memory) : shared_(shared), limit_(memory) {}

void Worker::run() {
  stream_ = shared_.device.stream();
  while (!shared_.stopped()) {
    const std::optional<Range> range = shared_.tiles.take(limit_, shared_.tile);
    if (!range) return;
    const uint64_t before = Holding::releases();
    try {
      correct(*range);
    } catch (const OutOfMemory&) {
      if (writing_) throw;
      release();
      shared_.tiles.give_back(*range);
      if (range->count > 1)
        limit_ = tile_bytes(size_, limit_) / 2;
      else if (!Holding::wait(before, [&] { return shared_.stopped(); }))
        throw;
    }
  }
}

void Worker::correct(Range range) {
  measure(range);
  if (size_.frames > Tiles::kMostFrames) {  // it is one motion
    shared_.leftovers.add({motion(0)});
    return;
  }
  reserve();
  send();
  prepare();
  if (!track()) return;
  finish();
  receive();
}

void Worker::measure(Range range) {
  range_ = range;
  writing_ = false;
  size_ = TileSize{};
  size_.rotations = shared_.batch.rotations != nullptr;
  for (int i = 0; i < count(); i++) size_.add(static_cast<int32_t>(frames(i)));
  scratch_ = scratch_of(size_, limit_);
  handed_.assign(static_cast<size_t>(count()), 0);
}

// Makes room for the tile on the device, and here for its copies.
void Worker::reserve() {
  const Placed needs = place(size_, scratch_, nullptr);
  if (memory_.size() < needs.bytes) {
    memory_ = Memory();
    holding_.reset();
    holding_.emplace();
    memory_ = Memory::of_device(shared_.device, needs.bytes);
    holding_->given();
  }
  size_t largest = 0, all = 0;
  for (int i = 0; i < count(); i++) {
    largest = std::max(largest, copied_bytes(i));
    all += copied_bytes(i);
  }
  const auto want = [&](Memory& memory, size_t bytes) {
    if (memory.size() >= bytes) return;
    memory = Memory();
    memory = Memory::pinned(shared_.device, bytes);
  };
  want(control_, needs.shared + sizeof(int32_t));
  for (Memory& staging : staging_) want(staging, std::max(largest, std::min(shared_.staging, all)));
  there_ = place(size_, scratch_, memory_.data());
  here_ = place(size_, 0, control_.data());
  stop_ = new (control_.data() + needs.shared) int32_t{0};
}

void Worker::release() {
  stream_->mark(kTold);
  stream_->wait(kTold);
  for (Memory* memory : {&memory_, &control_, &staging_[0], &staging_[1]}) *memory = Memory();
  holding_.reset();
}

void Worker::send() {
  const Batch& batch = shared_.batch;
  size_t start = 0;
  for (int i = 0; i < count(); i++) {
    here_.start[i] = static_cast<int32_t>(start);
    here_.length[i] = batch.lengths[motion(i)];
    here_.keep[i] = batch.keep ? batch.keep[motion(i)] : 0;
    start += frames(i);
  }
  const auto work = [&](int i) { return work_bytes(here_.length[i]); };
  in_scratch_ = parts(scratch_, [&](int i) { return work(i).all(); });
  for (const Part part : in_scratch_) {
    size_t at = 0;
    for (int i = part.first; i < part.first + part.count; i++) {
      here_.series_start[i] = at / sizeof(double);
      here_.flags_start[i] = at + work(i).series;
      at += work(i).all();
    }
  }
  stream_->upload(memory_.data(), control_.data(), here_.filled);
  int buffer = 0;
  for (const Part part : parts(staging_[0].size(), [&](int i) { return copied_bytes(i); })) {
    stream_->wait(buffer);
    auto* const staged = reinterpret_cast<float*>(staging_[buffer].data());
    float* to = staged;
    for (int i = part.first; i < part.first + part.count; i++) {
      copy(to, batch.joints[motion(i)], frames(i) * kFrame);
      to += frames(i) * kFrame;
    }
    stream_->upload(there_.joints + static_cast<size_t>(here_.start[part.first]) * kFrame, staged,
                    static_cast<size_t>(to - staged) * sizeof(float));
    stream_->mark(buffer);
    buffer = 1 - buffer;
  }
}

// Readies the motions, and asks which are to be tracked.
void Worker::prepare() {
  for (const Part part : in_scratch_) stream_->launch(Kernel::kPrepare, args(part), part.count);
  stream_->launch(Kernel::kShape, args({0, count()}), count());
  stream_->download(here_.tile.reason, there_.tile.reason, static_cast<size_t>(count()));
  await_kernel();
  active_.clear();
  for (int i = 0; i < count(); i++)
    if (static_cast<Reason>(here_.tile.reason[i]) == Reason::kNone) active_.push_back(i);
}

// Up the ladder, those that were lost each time again, until sampling is next: that is for the CPU. Returns
// false when stopped.
bool Worker::track() {
  for (const Stage& stage : shared_.ladder) {
    if (shared_.stopped()) return false;
    if (active_.empty()) break;
    if (stage.sampled) {
      hand_over();
      break;
    }
    copy(here_.active, active_.data(), active_.size());
    stream_->upload(there_.active, here_.active, active_.size() * sizeof(int32_t));
    KernelArgs rung = args({0, count()});
    rung.active = there_.active;
    rung.active_count = static_cast<int>(active_.size());
    rung.rung = stage.rung;
    rung.force = stage.force;
    rung.torque = stage.torque;
    stream_->launch(Kernel::kTrack, rung, rung.active_count);
    stream_->download(here_.tile.sums, there_.tile.sums, static_cast<size_t>(count()) * sizeof(TrackSums));
    await_kernel();
    std::erase_if(active_, [&](int i) { return here_.tile.sums[i].ok != 0; });
  }
  return !shared_.stopped();
}

// Until all that was begun is done. A long kernel is told when its results are not wanted any more.
void Worker::await_kernel() {
  stream_->mark(kTold);
  while (!stream_->reached(kTold)) {
    if (shared_.stopped()) std::atomic_ref(*stop_).store(1, std::memory_order_relaxed);
    std::this_thread::sleep_for(kLook);
  }
}

void Worker::hand_over() {
  std::vector<int> motions;
  for (const int i : active_) {
    handed_[static_cast<size_t>(i)] = 1;
    motions.push_back(motion(i));
  }
  shared_.leftovers.add(motions);
}

void Worker::finish() {
  for (const Part part : in_scratch_) stream_->launch(Kernel::kFinish, args(part), part.count);
}

// Fetches the results of one part while those of the part before are written where the caller wants them.
void Worker::receive() {
  const std::vector<Part> all = parts(staging_[0].size(), [&](int i) { return copied_bytes(i); });
  for (size_t k = 0; k <= all.size(); k++) {
    const int buffer = static_cast<int>(k % 2);
    if (k < all.size()) fetch(all[k], buffer);
    if (k > 0) write(all[k - 1], 1 - buffer);
    if (shared_.stopped()) return;
  }
}

void Worker::fetch(Part part, int buffer) {
  const size_t motions = static_cast<size_t>(part.count), total = frames(part),
               first = static_cast<size_t>(here_.start[part.first]);
  const TileMemory& tile = there_.tile;
  const Results to = results_in(staging_[buffer].data(), motions, total, size_.rotations);
  stream_->download(to.reports, tile.reports + part.first, motions * sizeof(Report));
  stream_->download(to.out, tile.out + first * kFrame, total * kFrame * sizeof(float));
  stream_->download(to.labels, tile.labels + first * kLabels, total * kLabels);
  if (to.rotations)
    stream_->download(to.rotations, tile.rotations + first * kTurns, total * kTurns * sizeof(float));
  stream_->mark(buffer);
}

void Worker::write(Part part, int buffer) {
  stream_->wait(buffer);
  if (shared_.stopped()) return;
  writing_ = true;
  const Batch& batch = shared_.batch;
  Results from =
      results_in(staging_[buffer].data(), static_cast<size_t>(part.count), frames(part), size_.rotations);
  for (int i = part.first; i < part.first + part.count; i++) {
    const int to = motion(i);
    const size_t length = frames(i);
    const Report& report = from.reports[i - part.first];
    if (!handed_[static_cast<size_t>(i)]) {
      copy(batch.out[to], is_returned(report) ? batch.joints[to] : from.out, length * kFrame);
      if (report.status != Status::kRejected) {
        copy(batch.labels[to], from.labels, length * kLabels);
        if (from.rotations) copy(batch.rotations[to], from.rotations, length * kTurns);
      }
      batch.reports[to] = report;
      shared_.progress(++shared_.done);
    }
    from.out += length * kFrame;
    from.labels += length * kLabels;
    if (from.rotations) from.rotations += length * kTurns;
  }
}

size_t Worker::frames(Part part) const {
  size_t sum = 0;
  for (int i = part.first; i < part.first + part.count; i++) sum += frames(i);
  return sum;
}

// Of a motion's results, which are more than its joints.
size_t Worker::copied_bytes(int i) const {
  const size_t frame = (kFrame + (size_.rotations ? kTurns : 0)) * sizeof(float) + kLabels;
  return sizeof(Report) + frames(i) * frame;
}

template <class Bytes>
std::vector<Worker::Part> Worker::parts(size_t room, Bytes bytes) const {
  std::vector<Part> all;
  size_t taken = 0;
  for (int i = 0; i < count(); i++) {
    const size_t more = bytes(i);
    if (all.empty() || taken + more > room) {
      all.push_back({i, 0});
      taken = 0;
    }
    all.back().count++;
    taken += more;
  }
  return all;
}

// Of a part, whose arrays over motions begin at its first.
KernelArgs Worker::args(Part part) const {
  TileMemory tile = there_.tile;
  const auto advance = [&](auto*&... arrays) { ((arrays += part.first), ...); };
  advance(tile.start, tile.length, tile.keep, tile.series_start, tile.flags_start, tile.ground, tile.clean,
          tile.reason, tile.body, tile.sums, tile.reports);
  tile.offset += static_cast<size_t>(part.first) * kFrame;
  tile.count = part.count;
  KernelArgs result;
  result.tile = tile;
  result.options = shared_.options;
  result.stop = stop_;
  return result;
}

}  // namespace selfcorrect::gpu
