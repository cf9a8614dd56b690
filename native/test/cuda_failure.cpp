// What becomes of a batch, and of the next ones, when the device fails it.
#include <algorithm>
#include <exception>

#include "cuda/tile_layout.h"
#include "test/cuda_device.h"

namespace selfcorrect::test {
namespace {

// Motions tracked, helped, rejected and kept, in several tiles on two streams.
const std::vector<int> kNumbers = {8, 1, 5, 11, 3, 7};
constexpr int kFrames = 16;
const gpu::Cut kCut = {.streams = 2, .motions = 2, .staging = 20000};
Job small_job() {
  Job job = jobs()[2];
  job.options.rate = 60;
  job.rotations = job.keep = true;
  return job;
}

std::vector<uint64_t> expected_digests() {
  Work work(small_job(), kNumbers, kFrames);
  work.run(1);
  return work.digests();
}

// What a batch on a device threw, or nothing.
std::exception_ptr outcome(Work& work) {
  try {
    work.run(1);
    return {};
  } catch (...) {
    return std::current_exception();
  }
}

template <class Error>
bool is_a(const std::exception_ptr& thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const Error&) {
    return true;
  } catch (...) {
  }
  return false;
}

// Nothing but whole results: of motions that are done the bytes of the CPU, of the others nothing.
void expect_whole(const Work& work, const std::vector<uint64_t>& expected, const std::string& when) {
  const std::vector<uint64_t> found = work.digests();
  for (int i = 0; i < work.count(); i++)
    expect(work.report(i).status == Status::kAborted
               ? work.untouched(i)
               : found[static_cast<size_t>(i)] == expected[static_cast<size_t>(i)],
           when + ", motion " + std::to_string(i) + ": neither whole nor untouched");
}

// The device, and the CPU, work after all.
void expect_usable(gpu::EmulatedDevice& device, const std::vector<uint64_t>& expected,
                   const std::string& when) {
  Work work(small_job(), kNumbers, kFrames);
  work.use(&device, kCut);
  work.run(1);
  expect_same(work.digests(), expected, "on the device after " + when);
  work.use(nullptr);
  work.run(1);
  expect_same(work.digests(), expected, "on the CPU after " + when);
}

// `Error` where failure number k was reached, until there is no more to fail. `set` puts k in the emulation.
template <class Error, class Set>
void fail_each(const Scale& scale, const std::string& what, Set set) {
  const std::vector<uint64_t> expected = expected_digests();
  bool failed = true;
  int failures = 0;
  for (long k = 1; failed; k += scale.stride) {
    const std::string when = what + " " + std::to_string(k);
    gpu::Emulation emulation;
    set(emulation, k);
    TestDevice device(scale, emulation);
    Work work(small_job(), kNumbers, kFrames);
    work.use(&device.device(), kCut);
    const std::exception_ptr thrown = outcome(work);
    failed = thrown != nullptr;
    failures += failed;
    expect(!failed || is_a<Error>(thrown), when + ": another error");
    expect(device.emulated()->held() == 0 && device.emulated()->streams() == 0, when + ": a leak");
    expect_whole(work, expected, when);
    if (!failed) expect_same(work.digests(), expected, when);
    device.emulated()->fail_no_more();
    expect(gpu::properties_of(device.device()).memory_free > 0, when + ": no properties");
    expect_usable(*device.emulated(), expected, when);
  }
  expect(failures > 3 / scale.stride, what + ": too few failures to be a test");
}

void launches(const Scale& scale) {
  if (scale.nvidia) return;
  for (const bool late : {false, true})
    fail_each<gpu::LaunchFailed>(scale, "failed launch", [&](gpu::Emulation& emulation, long k) {
      emulation.failed_launch = k;
      emulation.late = late;
    });
}

void losses(const Scale& scale) {
  if (scale.nvidia) return;
  for (const bool late : {false, true})
    fail_each<gpu::Lost>(scale, "loss at work", [&](gpu::Emulation& emulation, long k) {
      emulation.lost_at = k;
      emulation.late = late;
    });
}

// One refusal is answered by smaller tiles; lasting ones by the numbers.
void allocations(const Scale& scale) {
  if (scale.nvidia) return;
  const std::vector<uint64_t> expected = expected_digests();
  for (const bool lasting : {false, true}) {
    bool refused = true;
    for (long k = 1; refused; k += scale.stride) {
      const std::string when =
          std::string("memory refused") + (lasting ? " from " : " at ") + std::to_string(k);
      gpu::Emulation emulation;
      emulation.refused_allocation = k;
      emulation.refuses_on = lasting;
      TestDevice device(scale, emulation);
      Work work(small_job(), kNumbers, kFrames);
      work.use(&device.device(), kCut);
      const std::exception_ptr thrown = outcome(work);
      refused = device.emulated()->allocations() >= k;
      expect(!thrown || is_a<gpu::OutOfMemory>(thrown), when + ": another error");
      expect(!thrown || is_a<std::bad_alloc>(thrown), when + ": no std::bad_alloc");
      expect(lasting || !thrown || k <= 8, when + ": an error, though there was memory");
      expect_whole(work, expected, when);
      if (!thrown) expect_same(work.digests(), expected, when);
      device.emulated()->fail_no_more();
      expect_usable(*device.emulated(), expected, when);
    }
  }
}

// With less and less memory the bytes are the same, until there is none for one motion: the error then has
// the numbers.
void memory(const Scale& scale) {
  if (scale.nvidia) return;
  const std::vector<uint64_t> expected = expected_digests();
  gpu::TileSize one;
  one.rotations = true;
  one.add(kFrames);
  const size_t least = gpu::tile_bytes(one, 0);
  for (const size_t bytes : {10 * least, 4 * least, 2 * least, least}) {
    gpu::Emulation emulation;
    emulation.memory = bytes;
    TestDevice device(scale, emulation);
    Work work(small_job(), kNumbers, kFrames);
    work.use(&device.device(), {.streams = 2, .memory = 64 * least});  // more than there is
    work.run(1);
    expect_same(work.digests(), expected, "with " + std::to_string(bytes) + " bytes");
    expect(device.emulated()->peak() <= bytes, "more memory taken than there is");
  }
  gpu::Emulation emulation;
  emulation.memory = least - 1;
  TestDevice device(scale, emulation);
  Work work(small_job(), kNumbers, kFrames);
  work.use(&device.device(), kCut);
  try {
    work.run(1);
    throw Failure("no error without memory for one motion");
  } catch (const gpu::OutOfMemory& error) {
    expect(error.asked == least && error.total == least - 1 && error.free <= error.total, "wrong numbers");
    const std::string text = error.what();
    for (const size_t number : {error.asked, error.free, error.total})
      expect(text.find(std::to_string(number)) != std::string::npos, "numbers missing in: " + text);
  }
  expect(gpu::motions_within(least, kFrames, true) == 1 && gpu::motions_within(least - 1, kFrames, true) == 0,
         "motions_within() disagrees");
  const int64_t many = gpu::motions_within(size_t{8} << 30, 196, false);
  expect(many > 1000 && gpu::motions_within(size_t{16} << 30, 196, false) >= 2 * many - 1,
         "a device of 8 GiB holds only " + std::to_string(many) + " motions of 196 frames");
}

void interrupted(const Scale& scale) {
  const Job& job = jobs()[2];
  const std::vector<int> numbers = motions_of(job, {.motions = 24});
  const std::vector<uint64_t> expected = reference_digests(job, {.motions = 24});
  TestDevice device(scale);
  for (const int after : {0, 1, 5, 23}) {
    std::atomic<bool> cancel{after == 0};
    std::atomic<int> told{0};
    Work work(job, numbers);
    work.use(&device.device(), {.streams = 2, .motions = 4});
    work.run(2, cancel, [&](int done) {
      told++;
      if (done >= after) cancel = true;
    });
    int aborted = 0;
    for (int i = 0; i < work.count(); i++) aborted += work.report(i).status == Status::kAborted;
    expect_whole(work, expected, "stopped after " + std::to_string(after));
    expect(work.count() - aborted == told, "not all that was done was told");
    expect(after == 0 ? aborted == work.count() : told >= after, "stopped elsewhere");
    expect(after != 1 || aborted > 0, "not stopped");
  }
  std::vector<int> seen(numbers.size() + 1);
  std::mutex mutex;
  Work work(job, numbers);
  work.use(&device.device(), {.streams = 2, .motions = 4});
  work.run(2, std::atomic<bool>{false}, [&](int done) {
    const std::lock_guard lock(mutex);
    seen[static_cast<size_t>(done)]++;
  });
  seen[0]++;
  expect(seen == std::vector<int>(seen.size(), 1), "not every number done came once");
}

void none(const Scale&) {
  gpu::use_device(nullptr, "There is none.");
  std::string said;
  try {
    gpu::device();
  } catch (const gpu::Unavailable& error) {
    said = error.what();
  }
  expect(said == "There is none." && gpu::why_not() == said, "no device, but nothing said");
  gpu::use_device(nullptr);
  const std::string why = gpu::why_not();
  expect(why.empty() || (why.size() > 20 && why.back() == '.'), "no sentence: " + why);
  expect(std::string(gpu::OutOfMemory("device", 3, 2, 5).what()).find("Expected 3 bytes") == 0, "no text");
}

const Register kLaunches("cuda-launch", launches), kLosses("cuda-lost", losses),
    kAllocations("cuda-allocation", allocations), kMemory("cuda-memory", memory),
    kInterrupted("cuda-interrupted", interrupted), kNone("cuda-none", none);

}  // namespace
}  // namespace selfcorrect::test
