// A device gives the bytes of the CPU: joints, labels, rotations and reports, however the batch is cut.
#include <algorithm>
#include <random>
#include <thread>

#include "test/cuda_device.h"

namespace selfcorrect::test {

std::vector<uint64_t> digests_on(TestDevice& device, const Job& job, const std::vector<int>& numbers,
                                 const gpu::Cut& cut) {
  Work work(job, numbers);
  work.use(&device.device(), cut);
  work.run(2);
  return work.digests();
}

namespace {

void bytes(const Scale& scale) {
  for (const Job& job : jobs()) {
    TestDevice device(scale);
    const std::vector<int> numbers = motions_of(job, scale);
    const std::vector<uint64_t> expected = reference_digests(job, scale);
    expect_same(digests_on(device, job, numbers), expected, job.name + " on the device");
    expect_same(digests_on(device, job, numbers), expected, job.name + " on the device again");
    if (auto* emulated = device.emulated()) expect(emulated->launches() >= 8, "nothing ran on the device");
  }
}

// Frames side by side, lanes, loops and ends of arrays: lengths from the shortest motion on.
void lengths(const Scale& scale) {
  TestDevice device(scale);
  Job job = jobs()[0];
  job.options.rate = 60;
  for (int frames = 4; frames <= 36; frames++) {
    Work work(job, {0, 2, 5, 8}, frames);
    work.run(1);
    const std::vector<uint64_t> expected = work.digests();
    work.use(&device.device());
    work.run(1);
    expect_same(work.digests(), expected, "motions of " + std::to_string(frames) + " frames");
  }
}

// The jobs whose motions go everywhere; few of them, for they are run often.
Scale few(const Scale& scale) {
  Scale result = scale;
  result.motions = std::max(12, scale.motions / 3);
  result.sampled = scale.sampled / 2;
  return result;
}

void cuts(const Scale& scale) {
  const Scale small = few(scale);
  for (const Job& job : {jobs()[0], jobs()[2], jobs()[3], jobs()[4]}) {
    const std::vector<int> numbers = motions_of(job, small);
    const std::vector<uint64_t> expected = reference_digests(job, small);
    for (const gpu::Cut& cut :
         {gpu::Cut{.streams = 1, .motions = 1}, gpu::Cut{.streams = 3, .motions = 5, .staging = 1},
          gpu::Cut{.streams = 2, .motions = 33, .staging = 100000},
          gpu::Cut{.streams = 2, .motions = 20, .memory = 8 << 20}, gpu::Cut{.memory = 1}}) {
      TestDevice device(scale);
      expect_same(digests_on(device, job, numbers, cut), expected,
                  job.name + " in tiles of " + std::to_string(cut.motions) + " on " +
                      std::to_string(cut.streams) + " streams, " + std::to_string(cut.memory) + " bytes");
    }
  }
}

void thread_orders(const Scale& scale) {
  if (scale.nvidia) return;
  const Scale small = few(scale);
  for (const Job& job : {jobs()[2], jobs()[4]}) {
    const std::vector<uint64_t> expected = reference_digests(job, small);
    for (const auto order : {gpu::ThreadOrder::kBackwards, gpu::ThreadOrder::kShuffled})
      for (const bool late : {false, true}) {
        TestDevice device(scale, {.order = order, .late = late});
        expect_same(digests_on(device, job, motions_of(job, small), {.motions = 10}), expected,
                    job.name + " by threads in order " + std::to_string(static_cast<int>(order)));
      }
  }
}

// Every motion alone, and all in another order.
void batches(const Scale& scale) {
  const Scale small = few(scale);
  const Job& job = jobs()[2];
  const std::vector<uint64_t> expected = reference_digests(job, small);
  TestDevice device(scale);
  std::vector<uint64_t> alone, permuted;
  for (const int number : motions_of(job, small)) alone.push_back(digests_on(device, job, {number})[0]);
  expect_same(alone, expected, "motions alone on the device");
  std::vector<int> numbers = motions_of(job, small);
  std::shuffle(numbers.begin(), numbers.end(), std::minstd_rand(2));
  for (const int number : numbers) permuted.push_back(expected[static_cast<size_t>(number)]);
  expect_same(digests_on(device, job, numbers), permuted, "motions in another order on the device");
}

// Batches of several threads, with memory for little more than one tile of one of them.
void together(const Scale& scale) {
  const Scale small = few(scale);
  gpu::Emulation emulation;
  emulation.memory = 12 << 20;
  TestDevice device(scale, emulation);
  std::vector<std::thread> callers;
  std::vector<std::exception_ptr> failures(3);
  for (size_t caller = 0; caller < failures.size(); caller++)
    callers.emplace_back([&, caller] {
      try {
        const Job& job = jobs()[caller];
        const std::vector<uint64_t> expected = reference_digests(job, small);
        for (int repeat = 0; repeat < 2; repeat++)
          expect_same(digests_on(device, job, motions_of(job, small), {.streams = 2, .motions = 8}), expected,
                      job.name + " beside other batches on the device");
      } catch (...) {
        failures[caller] = std::current_exception();
      }
    });
  for (std::thread& caller : callers) caller.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

const Register kBytes("cuda-bytes", bytes), kLengths("cuda-lengths", lengths), kCuts("cuda-cuts", cuts),
    kThreadOrders("cuda-threads", thread_orders), kBatches("cuda-batches", batches),
    kTogether("cuda-together", together);

}  // namespace
}  // namespace selfcorrect::test
