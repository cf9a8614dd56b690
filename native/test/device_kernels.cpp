// The kernels `shape` and `track` of a graphics card, run here thread by thread with the indices of a launch:
// the bytes of the processor's kernels.
#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>

#include "cuda/shape.h"
#include "cuda/track.h"
#include "isa/kernels.h"
#include "reference/build.h"
#include "test/harness.h"
#include "test/motions.h"

namespace selfcorrect::test {
namespace {

constexpr uint8_t kUnwritten = 0x7b;
constexpr size_t kGuard = 64;  // after every array: nobody writes there

template <class T>
class Array {
 public:
  explicit Array(size_t count) : size_(count), items_(count + kGuard) {
    std::memset(static_cast<void*>(items_.data()), kUnwritten, items_.size() * sizeof(T));
  }
  T* data() { return items_.data(); }
  const T* data() const { return items_.data(); }
  T& operator[](size_t i) { return items_[i]; }
  const T& operator[](size_t i) const { return items_[i]; }
  bool is_written(size_t i) const {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&items_[i]);
    return std::any_of(bytes, bytes + sizeof(T), [](uint8_t b) { return b != kUnwritten; });
  }
  bool overrun() const {
    for (size_t i = size_; i < items_.size(); i++)
      if (is_written(i)) return true;
    return false;
  }

 private:
  size_t size_;
  std::vector<T> items_;
};

struct Caps {
  double force, torque;
};

// The references of motions of different lengths, longest first.
std::vector<Reference> make_references(int count, const Options& options) {
  std::vector<Reference> references;
  for (int number = 0; static_cast<int>(references.size()) < count; number++) {
    const Motion motion = make_motion(number);
    Reference reference;
    const int frames = static_cast<int>(motion.size() / (kJoints * 3));
    if (build_reference(motion.data(), frames, options, reference) == Reason::kNone)
      references.push_back(std::move(reference));
  }
  std::stable_sort(references.begin(), references.end(),
                   [](const Reference& a, const Reference& b) { return a.frames > b.frames; });
  return references;
}

// What the processor makes of them, all in lanes of one set of kernels.
class Queue : public Feed {
 public:
  Queue(const std::vector<Reference>& references, const TrackOptions& options)
      : references_(references), options_(options), runners_(references.size()), results(references.size()) {}

  Runner* next() override {
    if (next_ == runners_.size()) return nullptr;
    begin_tracking(references_[next_], options_, Tuning{}, runners_[next_]);
    return &runners_[next_++];
  }
  void done(Runner& runner) override { results[&runner - runners_.data()] = std::move(runner.result); }
  int spare(int) override { return 0; }
  void paused(Runner&) override {}

 private:
  const std::vector<Reference>& references_;
  const TrackOptions& options_;
  std::vector<Runner> runners_;
  size_t next_ = 0;

 public:
  std::vector<TrackResult> results;
};

std::vector<TrackResult> track_by(const Kernels& kernels, const std::vector<Reference>& references,
                                  const Options& options, Caps caps) {
  const TrackOptions tracking{options.rate, caps.force, caps.torque};
  const Tuning tuning;
  Queue queue(references, tracking);
  kernels.track({tracking, tuning, options.fps, kernels.lanes, queue});
  return std::move(queue.results);
}

// A tile of motions as a device has it, and launches on it.
class Emulation {
 public:
  Emulation(const std::vector<Reference>& references, const Options& options)
      : references_(references),
        count_(references.size()),
        frames_(std::accumulate(references.begin(), references.end(), size_t{0},
                                [](size_t sum, const Reference& r) { return sum + r.frames; })),
        start(count_),
        length(count_),
        reason(count_),
        root(frames_ * 3),
        rotation(frames_ * kBodies * 4),
        offset(count_ * kBodies * 3),
        knots(knots_size(frames_, references[0].frames)),
        tracked_root(frames_ * 3),
        tracked_rotation(frames_ * kBodies * 4),
        labels(frames_ * kLabels),
        body(count_),
        sums(count_) {
    int32_t at = 0;
    for (size_t i = 0; i < count_; i++) {
      const Reference& r = references[i];
      start[i] = at;
      length[i] = r.frames;
      reason[i] = 0;
      std::copy(r.root.begin(), r.root.end(), root.data() + at * 3);
      std::copy(r.rotation.begin(), r.rotation.end(), rotation.data() + at * kBodies * 4);
      for (int k = 0; k < kBodies * 3; k++) offset[i * kBodies * 3 + k] = r.skeleton.offset[k / 3][k % 3];
      at += r.frames;
    }
    TileMemory& tile = args_.tile;
    tile.count = static_cast<int>(count_);
    tile.start = start.data();
    tile.length = length.data();
    tile.reason = reason.data();
    tile.root = root.data();
    tile.rotation = rotation.data();
    tile.offset = offset.data();
    tile.knots = knots.data();
    tile.body = body.data();
    tile.tracked_root = tracked_root.data();
    tile.tracked_rotation = tracked_rotation.data();
    tile.tracked_labels = labels.data();
    tile.sums = sums.data();
    args_.options = options;
  }

  void shape(int block) {
    launch(shape_threads(tile().count), block, [&](Spot spot) { selfcorrect::shape(args_, spot); });
  }

  // shift: of every thread's index, to see that it matters.
  void track(const std::vector<int32_t>& active, int rung, Caps caps, int block, int shift = 0) {
    args_.active = active.data();
    args_.active_count = static_cast<int>(active.size());
    args_.rung = rung;
    args_.force = caps.force;
    args_.torque = caps.torque;
    const TrackArgs args = track_args(args_);
    launch(args_.active_count, block, [&](Spot spot) {
      spot.thread += shift;
      selfcorrect::track(args, spot);
    });
  }

  const TileMemory& tile() const { return args_.tile; }

  bool same_shape(size_t i) const {
    const Reference& r = references_[i];
    const Humanoid expected = make_humanoid(r.skeleton);
    if (std::memcmp(&body[i], &expected, sizeof expected) != 0) return false;
    const Spline spline = fit_spline(r, Tuning{}.smoothing);
    const size_t at = knots_of(start.data(), length.data(), static_cast<int>(i));
    for (int f = 0; f < r.frames; f++)
      for (int k = 0; k < kChannels; k++) {
        const KnotColumns found(&knots[at + f * kKnotGroupRow]);
        const size_t of = static_cast<size_t>(f) * kChannels + k;
        if (!same(found.value[k], spline.value[of]) || !same(found.curvature[k], spline.curvature[of]) ||
            !same(found.drive[k], spline.drive[of]))
          return false;
      }
    return true;
  }

  // Whether motion i was tracked as the processor did, and nothing more was written.
  bool same_tracking(size_t i, int rung, const TrackResult& r) const {
    const TrackSums& s = sums[i];
    const double found[] = {s.residual_mean, s.residual_max, s.torque_mean, s.torque_max,
                            s.support,       s.saturation,   s.effort};
    const double wanted[] = {r.residual_mean, r.residual_max, r.torque_mean, r.torque_max,
                             r.support,       r.saturation,   r.effort};
    if (s.ok != r.ok || s.rung != rung || s.frames != r.frames || std::memcmp(found, wanted, sizeof found))
      return false;
    const size_t first = static_cast<size_t>(start[i]), frames = static_cast<size_t>(r.frames);
    return same_frames(tracked_root, r.motion.root, first, frames, 3, i) &&
           same_frames(tracked_rotation, r.motion.rotation, first, frames, kBodies * 4, i) &&
           same_frames(labels, r.labels, first, frames, kLabels, i);
  }

  bool overrun() const {
    return tracked_root.overrun() || tracked_rotation.overrun() || labels.overrun() || knots.overrun() ||
           body.overrun() || sums.overrun();
  }
  bool untracked(size_t i) const { return !sums.is_written(i) && !labels.is_written(start[i] * kLabels); }

 private:
  static bool same(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

  template <class T>
  bool same_frames(const Array<T>& found, const std::vector<T>& wanted, size_t first, size_t frames,
                   size_t width, size_t i) const {
    if (std::memcmp(&found[first * width], wanted.data(), frames * width * sizeof(T)) != 0) return false;
    for (size_t k = (first + frames) * width; k < (first + length[i]) * width; k++)
      if (found.is_written(k)) return false;
    return true;
  }

  // The last thread first: no thread waits for another.
  template <class Run>
  static void launch(int threads, int block, Run run) {
    for (int b = (threads + block - 1) / block - 1; b >= 0; b--)
      for (int t = block - 1; t >= 0; t--) run(Spot{b, t, block});
  }

  const std::vector<Reference>& references_;
  const size_t count_, frames_;
  KernelArgs args_;

 public:
  Array<int32_t> start, length;
  Array<uint8_t> reason;
  Array<float> root, rotation, offset, knots, tracked_root, tracked_rotation;
  Array<uint8_t> labels;
  Array<Humanoid> body;
  Array<TrackSums> sums;
};

// Every second motion of a list, from the end: what is left of a tile on a higher rung.
std::vector<int32_t> some_of(int count) {
  std::vector<int32_t> active;
  for (int i = count - 1; i >= 0; i -= 2) active.push_back(i);
  std::rotate(active.begin(), active.begin() + active.size() / 3, active.end());
  return active;
}

void device_shape(const Scale&) {
  const Options options;
  for (const int count : {1, 33}) {
    const std::vector<Reference> references = make_references(count, options);
    for (const int block : {32, 96, 57}) {
      Emulation device(references, options);
      device.reason[0] = count > 1 ? static_cast<uint8_t>(Reason::kKept) : 0;
      device.shape(block);
      for (size_t i = 0; i < references.size(); i++)
        expect(device.same_shape(i) == (device.reason[i] == 0),
               "motion " + std::to_string(i) + " of " + std::to_string(count) + " has another shape");
      expect(!device.overrun(), "shape writes beyond its arrays");
    }
  }
}

void device_track(const Scale& scale) {
  Options options;
  const int count = scale.motions >= 100 ? 45 : 35;
  const std::vector<Reference> references = make_references(count, options);
  std::vector<int32_t> all(references.size());
  std::iota(all.begin(), all.end(), 0);
  struct Launch {
    std::vector<int32_t> active;
    Caps caps;
    int block;
  };
  const Launch launches[] = {{all, {0.5, 300}, 64},
                             {all, {0, 0}, 7},
                             {some_of(count), {1, 300}, 32},
                             {some_of(count), {1e3, 1e6}, 128}};
  int lost = 0, kept = 0, rung = 0;
  for (const Launch& launch : launches) {
    Emulation device(references, options);
    device.shape(64);
    device.track(launch.active, rung, launch.caps, launch.block);
    expect(!device.overrun(), "track writes beyond its arrays");
    for (const Kernels* kernels : {&kernels_of(available_isas().back()), &selfcorrect::kernels()}) {
      const std::vector<TrackResult> results = track_by(*kernels, references, options, launch.caps);
      for (const int32_t i : all) {
        const bool active = std::count(launch.active.begin(), launch.active.end(), i) > 0;
        const size_t motion = static_cast<size_t>(i);
        expect(active ? device.same_tracking(motion, rung, results[motion]) : device.untracked(motion),
               "motion " + std::to_string(i) + " on rung " + std::to_string(rung) + " is not as by " +
                   kernels->isa);
        if (active) (results[motion].ok ? kept : lost)++;
      }
    }
    rung++;
  }
  expect(lost > 0 && kept > 0, "all motions were tracked, or all lost");
}

// Other frame rates and step rates; more steps a frame than a launch has blends for.
void device_rates(const Scale&) {
  for (const auto& [fps, rate] : {std::pair{20.0, 60.0}, {30.0, 250.0}, {5.0, 480.0}}) {
    Options options;
    options.fps = fps;
    options.rate = rate;
    const std::vector<Reference> references = make_references(3, options);
    Emulation device(references, options);
    device.shape(32);
    device.track({2, 0, 1}, 0, {1, 300}, 2);
    const std::vector<TrackResult> results = track_by(selfcorrect::kernels(), references, options, {1, 300});
    for (size_t i = 0; i < references.size(); i++)
      expect(device.same_tracking(i, 0, results[i]), "motion " + std::to_string(i) + " at " +
                                                         std::to_string(fps) + " frames and " +
                                                         std::to_string(rate) + " steps a second differs");
  }
}

// What the comparison is worth: a thread's index that is off by one shows, and so does a knot.
void device_faults(const Scale&) {
  const Options options;
  const std::vector<Reference> references = make_references(5, options);
  const std::vector<TrackResult> results = track_by(selfcorrect::kernels(), references, options, {0.5, 300});
  const auto right = [&](bool shifted, bool bent) {
    Emulation device(references, options);
    device.shape(32);
    if (bent) {
      const size_t at = knots_of(device.start.data(), device.length.data(), 3);
      device.knots[at + 5 * kKnotGroupRow + 40 * kKnotColumns] *= 1 + 0x1p-23f;
    }
    device.track({0, 1, 2, 3, 4}, 0, {0.5, 300}, 4, shifted ? 1 : 0);
    int same = 0;
    for (size_t i = 0; i < references.size(); i++) same += device.same_tracking(i, 0, results[i]);
    return same;
  };
  expect(right(false, false) == 5, "the motions are not as they should be");
  expect(right(true, false) < 5, "an index that is off by one does not show");
  expect(right(false, true) == 4, "a knot that is off by one bit does not show");
}

const Register kShape("device-shape", device_shape), kTrack("device-track", device_track),
    kRates("device-rates", device_rates), kFaults("device-faults", device_faults);

}  // namespace
}  // namespace selfcorrect::test
