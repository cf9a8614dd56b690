// The kernels `prepare` and `finish` of a graphics card, run by the emulated device, give the bytes of the
// processor's stages, in whatever order the threads of a group run.
#include <algorithm>
#include <cstring>

#include "batch/ladder.h"
#include "binding/report_table.h"
#include "control/track.h"
#include "cuda/emulated.h"
#include "cuda/fibers.h"
#include "reference/build.h"
#include "reference/room.h"
#include "test/damage.h"
#include "test/harness.h"

namespace selfcorrect::test {
namespace {

using gpu::Kernel;
using gpu::ThreadOrder;

// What a place holds that nobody wrote.
constexpr uint8_t kUnwritten = 0xee;
constexpr size_t kGuard = 64;  // numbers after the room of every motion, where nobody writes

template <class T>
std::vector<T> unwritten(size_t count) {
  std::vector<T> values(count);
  std::memset(static_cast<void*>(values.data()), kUnwritten, count * sizeof(T));
  return values;
}

bool all_unwritten(const void* from, size_t bytes) {
  const auto* begin = static_cast<const uint8_t*>(from);
  return std::all_of(begin, begin + bytes, [](uint8_t byte) { return byte == kUnwritten; });
}

// Motions with all that becomes of them, in the memory of a device. Of motion i, frames first[i] and on.
struct Tile {
  explicit Tile(const std::vector<Motion>& motions, bool keep, bool with_rotations) {
    for (size_t i = 0; i < motions.size(); i++) {
      const int frames = static_cast<int>(motions[i].size() / kPlaces);
      first.push_back(total);
      lengths.push_back(frames);
      series_first.push_back(series_total);
      flags_first.push_back(flags_total);
      kept.push_back(keep && i % 3 == 0);
      joints.insert(joints.end(), motions[i].begin(), motions[i].end());
      total += frames;
      series_total += work_size(frames) + kGuard;
      flags_total += flags_size(frames) + kGuard;
    }
    const size_t count = motions.size(), rows = static_cast<size_t>(total);
    series = unwritten<double>(series_total);
    flags = unwritten<uint8_t>(flags_total);
    root = unwritten<float>(rows * 3);
    rotation = unwritten<float>(rows * kTurns);
    contact = unwritten<uint8_t>(rows * 2);
    offset = unwritten<float>(count * kPlaces);
    ground = unwritten<double>(count);
    clean = unwritten<uint8_t>(count);
    reason = unwritten<uint8_t>(count);
    body.resize(count);
    tracked_root = root;
    tracked_rotation = rotation;
    tracked_labels = unwritten<uint8_t>(rows * kLabels);
    sums.resize(count);
    out = unwritten<float>(rows * kPlaces);
    labels = tracked_labels;
    if (with_rotations) rotations = rotation;
    reports.resize(count);
  }

  TileMemory memory() {
    TileMemory tile;
    tile.count = static_cast<int>(lengths.size());
    tile.start = first.data();
    tile.length = lengths.data();
    tile.joints = joints.data();
    tile.keep = kept.data();
    tile.series = series.data();
    tile.flags = flags.data();
    tile.series_start = series_first.data();
    tile.flags_start = flags_first.data();
    tile.root = root.data();
    tile.rotation = rotation.data();
    tile.contact = contact.data();
    tile.offset = offset.data();
    tile.ground = ground.data();
    tile.clean = clean.data();
    tile.reason = reason.data();
    tile.body = body.data();
    tile.tracked_root = tracked_root.data();
    tile.tracked_rotation = tracked_rotation.data();
    tile.tracked_labels = tracked_labels.data();
    tile.sums = sums.data();
    tile.out = out.data();
    tile.labels = labels.data();
    tile.rotations = rotations.empty() ? nullptr : rotations.data();
    tile.reports = reports.data();
    return tile;
  }

  void run(Kernel kernel, const Options& options, ThreadOrder order) {
    KernelArgs args;
    args.tile = memory();
    args.options = options;
    gpu::run_emulated(kernel, args, args.tile.count, order);
  }

  // Something was written beyond the room of motion i.
  bool overrun(size_t i) const {
    const double* numbers = &series[series_first[i] + work_size(lengths[i])];
    const uint8_t* bytes = &flags[flags_first[i] + flags_size(lengths[i])];
    return !all_unwritten(numbers, kGuard * sizeof(double)) || !all_unwritten(bytes, kGuard);
  }

  int total = 0;
  size_t series_total = 0, flags_total = 0;
  std::vector<int32_t> first, lengths;
  std::vector<size_t> series_first, flags_first;
  std::vector<uint8_t> kept, flags, contact, clean, reason, tracked_labels, labels;
  std::vector<float> joints, root, rotation, offset, tracked_root, tracked_rotation, out, rotations;
  std::vector<double> series, ground;
  std::vector<Humanoid> body;
  std::vector<TrackSums> sums;
  std::vector<Report> reports;
};

// The same by the processor's own path, in a tile of its own.
void correct_there(Tile& tile, const Options& options) {
  const size_t count = tile.lengths.size();
  std::vector<const float*> joints(count);
  std::vector<float*> out(count), rotations(count);
  std::vector<uint8_t*> labels(count);
  for (size_t i = 0; i < count; i++) {
    const size_t at = static_cast<size_t>(tile.first[i]);
    joints[i] = tile.joints.data() + at * kPlaces;
    out[i] = tile.out.data() + at * kPlaces;
    labels[i] = tile.labels.data() + at * kLabels;
    if (!tile.rotations.empty()) rotations[i] = tile.rotations.data() + at * kTurns;
  }
  Batch batch;
  batch.joints = joints.data();
  batch.lengths = tile.lengths.data();
  batch.keep = tile.kept.data();
  batch.count = static_cast<int>(count);
  batch.out = out.data();
  batch.labels = labels.data();
  batch.rotations = tile.rotations.empty() ? nullptr : rotations.data();
  batch.reports = tile.reports.data();
  const std::atomic<bool> cancel{false};
  correct_batch(batch, options, cancel, [](int) {});
}

template <class T>
void expect_equal(const T* found, const T* expected, size_t count, const std::string& what) {
  for (size_t k = 0; k < count; k++)
    if (std::memcmp(found + k, expected + k, sizeof(T)) != 0)
      throw Failure(what + " " + std::to_string(k) + " is " + std::to_string(found[k]) + " instead of " +
                    std::to_string(expected[k]));
}

// The reference of motion i against that of build_reference(), which is returned.
Reference expect_reference(const Tile& tile, int i, const Options& options, const std::string& name) {
  const size_t at = static_cast<size_t>(tile.first[i]), frames = static_cast<size_t>(tile.lengths[i]);
  Reference expected;
  const Reason reason =
      build_reference(tile.joints.data() + at * kPlaces, tile.lengths[i], options, expected);
  expect(tile.reason[i] == static_cast<uint8_t>(reason), name + ": another reason");
  if (reason != Reason::kNone) return {};
  expect_equal(&tile.offset[static_cast<size_t>(i) * kPlaces], expected.skeleton.offset[0].data(), kPlaces,
               name + ": offset");
  expect_equal(&tile.ground[i], &expected.ground, 1, name + ": ground");
  expect(tile.clean[i] == expected.clean, name + ": another clean");
  expect_equal(&tile.root[at * 3], expected.root.data(), frames * 3, name + ": root");
  expect_equal(&tile.rotation[at * kTurns], expected.rotation.data(), frames * kTurns, name + ": rotation");
  expect_equal(&tile.contact[at * 2], expected.contact.data(), frames * 2, name + ": contact");
  return expected;
}

// Tracks a reference up the ladder and puts what comes of it in the tile, as the kernel `track` does.
void track_there(const Reference& reference, const Options& options, Tile& tile, int i) {
  const size_t at = static_cast<size_t>(tile.first[i]);
  for (const Stage& stage : assistance_ladder(options)) {
    TrackResult result;
    const Reference* one = &reference;
    track(&one, 1, {options.rate, stage.force, stage.torque}, &result);
    TrackSums& sums = tile.sums[i];
    sums.ok = result.ok;
    sums.rung = stage.rung;
    sums.frames = result.frames;
    sums.residual_mean = result.residual_mean;
    sums.residual_max = result.residual_max;
    sums.torque_mean = result.torque_mean;
    sums.torque_max = result.torque_max;
    sums.support = result.support;
    sums.saturation = result.saturation;
    sums.effort = result.effort;
    if (!result.ok) continue;
    std::copy(result.motion.root.begin(), result.motion.root.end(), &tile.tracked_root[at * 3]);
    std::copy(result.motion.rotation.begin(), result.motion.rotation.end(),
              &tile.tracked_rotation[at * kTurns]);
    std::copy(result.labels.begin(), result.labels.end(), &tile.tracked_labels[at * kLabels]);
    return;
  }
}

struct Setting {
  const char* name;
  Options options;
  bool keep = false, rotations = false;
};

std::vector<Setting> settings() {
  Options clip, loop, path, quick;
  loop.preset = path.preset = Preset::kLoop;
  path.keep_path = true;
  quick.fps = 60;
  quick.assist_force = quick.assist_torque = 0;
  return {{"clip", clip, false, true},
          {"loop", loop},
          {"loop, path kept, some kept", path, true, true},
          {"60 fps without help", quick}};
}

// Every kind of motion and of damage, at lengths that fill groups of frames and that do not.
constexpr int kAll = 60;
std::vector<Motion> some_motions(int count) {
  constexpr int kLengths[] = {4, 5, 7, 8, 9, 15, 16, 17, 23, 31, 40, 64, 65, 77, 100, 129, 196, 200};
  std::vector<Motion> motions;
  for (int i = 0; i < count; i++) {
    const int frames = kLengths[i * 7 % static_cast<int>(std::size(kLengths))];
    motions.push_back(damaged(make_motion(i, frames), static_cast<Damage>(i * 3 % kDamages), i));
  }
  return motions;
}

void same_bytes(const Scale& scale, ThreadOrder order) {
  const std::vector<Motion> motions = some_motions(scale.motions >= 100 ? kAll : 12);
  for (const Setting& setting : settings()) {
    Tile found(motions, setting.keep, setting.rotations), expected = found;
    correct_there(expected, setting.options);
    found.run(Kernel::kPrepare, setting.options, order);
    for (size_t i = 0; i < motions.size(); i++) {
      if (found.kept[i]) continue;
      const std::string name = std::string(setting.name) + ", motion " + std::to_string(i);
      const Reference reference = expect_reference(found, static_cast<int>(i), setting.options, name);
      if (reference.frames > 0) track_there(reference, setting.options, found, static_cast<int>(i));
    }
    found.run(Kernel::kFinish, setting.options, order);
    for (size_t i = 0; i < motions.size(); i++) {
      expect(!found.overrun(i), "motion " + std::to_string(i) + " took more room than it has");
      for (const auto& column : binding::kReportColumns) {
        const double is = column.read(found.reports[i]), should_be = column.read(expected.reports[i]);
        expect_equal(&is, &should_be, 1,
                     std::string(setting.name) + ", motion " + std::to_string(i) + ": " + column.name);
      }
    }
    expect_equal(found.out.data(), expected.out.data(), found.out.size(),
                 std::string(setting.name) + ": out");
    expect_equal(found.labels.data(), expected.labels.data(), found.labels.size(),
                 std::string(setting.name) + ": labels");
    expect_equal(found.rotations.data(), expected.rotations.data(), found.rotations.size(),
                 std::string(setting.name) + ": rotations");
  }
}

// What becomes of the motions, as the processor has it: every way out.
void every_outcome(const Scale&) {
  uint32_t reasons = 0;
  for (const Setting& setting : settings()) {
    Tile tile(some_motions(kAll), setting.keep, setting.rotations);
    correct_there(tile, setting.options);
    for (const Report& report : tile.reports) reasons |= 1u << static_cast<int>(report.reason);
  }
  for (const Reason reason :
       {Reason::kNone, Reason::kEmpty, Reason::kNotFinite, Reason::kOutOfRange, Reason::kBones, Reason::kFell,
        Reason::kTooShort, Reason::kKept, Reason::kValid})
    expect(reasons >> static_cast<int>(reason) & 1,
           "none for reason " + std::to_string(static_cast<int>(reason)));
}

void forwards(const Scale& scale) { same_bytes(scale, ThreadOrder::kForwards); }
void backwards(const Scale& scale) { same_bytes(scale, ThreadOrder::kBackwards); }
void shuffled(const Scale& scale) { same_bytes(scale, ThreadOrder::kShuffled); }

// What a neighbour wrote is seen after a sync in every order, and without one in some.
void sync_is_needed(const Scale&) {
  using emulation::FiberOrder;
  const auto seen = [](FiberOrder order, bool sync) {
    int written[emulation::kFibers] = {}, right[emulation::kFibers] = {};
    emulation::run_fibers(order, [&] {
      const int lane = emulation::fiber_lane();
      written[lane] = lane + 1;
      if (sync) emulation::fiber_sync();
      const int neighbour = (lane + 1) % emulation::kFibers;
      right[lane] = written[neighbour] == neighbour + 1;
    });
    return std::count(right, right + emulation::kFibers, 1);
  };
  for (const FiberOrder order : {FiberOrder::kForward, FiberOrder::kBackward, FiberOrder::kShuffled}) {
    expect(seen(order, true) == emulation::kFibers, "a sync does not sync");
    expect(seen(order, false) < emulation::kFibers, "a missing sync does not show");
  }
}

const Register tests[] = {{"group-outcomes", every_outcome},
                          {"group-forwards", forwards},
                          {"group-backwards", backwards},
                          {"group-shuffled", shuffled},
                          {"group-sync", sync_is_needed}};

}  // namespace
}  // namespace selfcorrect::test
