// Progress, and the end before the end: what was done is right, what was not is as it came, and the next
// batch works.
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "test/job.h"

namespace selfcorrect::test {
namespace {

void progress(const Scale& scale) {
  const Job& job = jobs()[2];
  for (int threads : {1, 2, 3}) {
    Work work(job, motions_of(job, scale));
    std::mutex mutex;
    std::map<std::thread::id, int> last;
    std::vector<int> seen(static_cast<size_t>(work.count()) + 1);
    bool rises = true;
    const std::atomic<bool> cancel{false};
    work.run(threads, cancel, [&](int done) {
      const std::lock_guard lock(mutex);
      int& before = last[std::this_thread::get_id()];
      rises &= done > before && done <= work.count();
      before = done;
      seen[static_cast<size_t>(std::clamp(done, 0, work.count()))]++;
    });
    expect(rises, "done falls, or exceeds the batch");
    seen[0]++;
    expect(seen == std::vector<int>(seen.size(), 1), "not every number done came once");
    expect(static_cast<int>(last.size()) <= threads, "progress from more threads than asked for");
  }
}

// Stops a batch from another thread once `point` motions are done and a moment more. How many were aborted.
int stop_at(Work& work, int point, int moment, const std::vector<uint64_t>& expected) {
  std::atomic<bool> cancel{false};
  std::atomic<int> done{0};
  std::atomic<bool> ended{false};
  std::thread stopper([&] {
    while (done < point && !ended) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(moment));
    cancel = true;
  });
  work.run(2, cancel, [&](int) { done++; });
  ended = true;
  stopper.join();
  const std::vector<uint64_t> digests = work.digests();
  int aborted = 0;
  for (int i = 0; i < work.count(); i++) {
    const std::string which = "stopped after " + std::to_string(point) + ", motion " + std::to_string(i);
    if (work.report(i).status == Status::kAborted) {
      aborted++;
      expect(work.report(i).reason == Reason::kCancelled, which + ": aborted for another reason");
      expect(work.untouched(i), which + ": aborted but changed");
    } else {
      expect(digests[static_cast<size_t>(i)] == expected[static_cast<size_t>(i)], which + ": other bytes");
    }
  }
  expect(work.count() - aborted == done, "not all that was done was told");
  return aborted;
}

void abort(const Scale& scale) {
  const Job& job = jobs()[2];
  const std::vector<uint64_t> expected = reference_digests(job, scale);
  Work work(job, motions_of(job, scale));
  std::mt19937 random(1);
  int partly = 0;
  for (int n = 0; n < scale.aborts; n++) {
    const int point = static_cast<int>(random() % static_cast<unsigned>(work.count()));
    const int aborted = stop_at(work, point, static_cast<int>(random() % 2000), expected);
    partly += aborted > 0 && aborted < work.count();
  }
  expect(partly > 0, "no batch ended in between");
  work.run(2);
  expect_same(work.digests(), expected, "after the aborts");
}

void abort_before(const Scale& scale) {
  Work work(jobs()[0], motions_of(jobs()[0], scale));
  const std::atomic<bool> cancel{true};
  work.run(2, cancel, [](int) { throw Failure("progress of a batch that did not begin"); });
  for (int i = 0; i < work.count(); i++)
    expect(work.report(i).status == Status::kAborted && work.untouched(i),
           "motion " + std::to_string(i) + " was not left alone");
}

const Register kProgress("progress", progress), kAbort("abort", abort),
    kAbortBefore("abort-before", abort_before);

}  // namespace
}  // namespace selfcorrect::test
