// Every allocation of a batch refused in turn, and threads that the system does not give.
#include <cstdlib>
#include <exception>
#include <thread>

#include "isa/kernels.h"
#include "test/allocation.h"
#include "test/job.h"
#include "test/thread_limit.h"

namespace selfcorrect::test {
namespace {

// A job that goes everywhere: motions tracked, lost, helped, sampled, rejected and kept, and more of them
// than the narrowest set has lanes, so that there is work for two threads.
constexpr int kFrames = 16;
const std::vector<int> kNumbers = {8, 1, 5, 11, 3};
Job small_job() {
  Job job = jobs()[2];
  job.options.rate = 120;
  job.options.sampling.samples = 3;
  job.options.sampling.keep = 2;
  job.rotations = job.keep = true;
  return job;
}

void expect_everywhere(const Work& work) {
  const auto some = [&](auto holds) {
    for (int i = 0; i < work.count(); i++)
      if (holds(work.report(i))) return true;
    return false;
  };
  expect(some([](const Report& r) { return r.sampled; }) &&
             some([](const Report& r) { return r.rung == 0; }) &&
             some([](const Report& r) { return r.rung > 0; }) &&
             some([](const Report& r) { return r.reason == Reason::kKept; }) &&
             some([](const Report& r) { return r.status == Status::kRejected; }),
         "the job does not go everywhere");
}

// Runs `task` on a thread of its own, which takes with it what the corrector keeps for a thread's next
// motion.
template <class Task>
void aside(Task task) {
  std::exception_ptr failure;
  std::thread([&] {
    try {
      task();
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) std::rethrow_exception(failure);
}

// Whether all the memory that the batch asks for was given: then allocation `at` does not exist.
bool completes(Work& work, int threads, long at, bool lasting) {
  bool out_of_memory = false;
  const std::atomic<bool> cancel{false};
  const std::function<void(int)> progress = [](int) {};
  refuse_allocation(at, lasting);
  try {
    work.run(threads, cancel, progress);
  } catch (const std::bad_alloc&) {
    out_of_memory = true;
  } catch (...) {
    stop_refusing();
    throw;
  }
  const Refused refused = stop_refusing();
  expect(refused.thrown == out_of_memory,
         "allocation " + std::to_string(at) + (lasting ? " and all later" : "") + " refused on " +
             std::to_string(threads) + " threads: " + (refused.thrown ? "nothing" : "std::bad_alloc") +
             " thrown");
  return !refused.any;
}

// Refuses one allocation after the other until there is none left to refuse; after each, `then` on the thread
// that was refused it. What is made once in a process must be there, or `warm` be false: it is no leak.
template <class Then>
void refuse_all(Work& work, int threads, bool lasting, int stride, bool warm, Then then) {
  bool complete = false;
  long at = 1;
  while (!complete) {
    const long before = live_allocations();
    aside([&] {
      complete = completes(work, threads, at, lasting);
      then();
    });
    const long kept = live_allocations() - before;
    expect(!warm || kept == 0,
           "refusing allocation " + std::to_string(at) + " leaks " + std::to_string(kept) + " of them");
    at += stride;
  }
}

void out_of_memory(const Scale& scale, int threads) {
  setenv("SELFCORRECT_ISA", available_isas().back().c_str(), 0);
  const Job job = small_job();
  Work work(job, kNumbers, kFrames), witness(job, {1, 5}, kFrames);
  // From the first batch of the process on: what is made once, like the choice of kernels, is refused too.
  refuse_all(work, threads, false, scale.stride, false, [] {});
  work.run(threads);
  expect_everywhere(work);
  witness.run(1);
  const std::vector<uint64_t> expected = witness.digests();
  for (const bool lasting : {false, true})
    refuse_all(work, threads, lasting, scale.stride, true, [&] {
      witness.run(1);
      expect_same(witness.digests(), expected, "a batch after one without memory");
    });
}

void few_threads(const Scale& scale) {
  const Job& job = jobs()[0];
  const std::vector<uint64_t> expected = reference_digests(job, scale);
  for (int given : {0, 1, 2}) {
    Work work(job, motions_of(job, scale));
    limit_threads(given);
    try {
      work.run(4);
    } catch (...) {
      unlimit_threads();
      throw;
    }
    unlimit_threads();
    expect_same(work.digests(), expected, "with " + std::to_string(given) + " more threads");
  }
}

const Register kOne("memory-1", [](const Scale&scale) { out_of_memory(scale, 1); }),
    kTwo("memory-2", [](const Scale&scale) { out_of_memory(scale, 2); }), kFew("few-threads", few_threads);

}  // namespace
}  // namespace selfcorrect::test
