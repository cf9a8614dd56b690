// The same bytes for every number of threads, size and order of the batch, and of batches at the same time.
#include <algorithm>
#include <exception>
#include <random>
#include <thread>

#include "test/job.h"

namespace selfcorrect::test {
namespace {

std::vector<uint64_t> digests_of(const Job& job, const std::vector<int>& numbers, int threads) {
  Work work(job, numbers);
  work.run(threads);
  return work.digests();
}

void threads(const Scale& scale) {
  for (const Job& job : jobs()) {
    const std::vector<uint64_t> expected = reference_digests(job, scale);
    const std::vector<int> numbers = motions_of(job, scale);
    for (int n : {1, 2, 3, 8})
      expect_same(digests_of(job, numbers, n), expected, job.name + " on " + std::to_string(n) + " threads");
  }
}

void sizes(const Scale& scale) {
  for (const Job& job : jobs()) {
    const std::vector<uint64_t> expected = reference_digests(job, scale);
    const std::vector<int> numbers = motions_of(job, scale);
    for (size_t size : {1, 7, 16, 17, 100}) {
      size = std::min(size, numbers.size());
      std::vector<uint64_t> found;
      for (size_t at = 0; at < numbers.size(); at += size) {
        const auto begin = numbers.begin() + static_cast<ptrdiff_t>(at);
        const auto end = begin + static_cast<ptrdiff_t>(std::min(size, numbers.size() - at));
        for (uint64_t digest : digests_of(job, {begin, end}, 2)) found.push_back(digest);
      }
      expect_same(found, expected, job.name + " in batches of " + std::to_string(size));
    }
  }
}

void order(const Scale& scale) {
  for (const Job& job : jobs()) {
    const std::vector<uint64_t> expected = reference_digests(job, scale);
    for (unsigned seed : {1, 2, 3}) {
      const std::vector<int> numbers = motions_of(job, scale);
      std::vector<int> places = first_motions(static_cast<int>(numbers.size()));
      std::mt19937 random(seed);
      std::shuffle(places.begin(), places.end(), random);
      std::vector<int> shuffled;
      std::vector<uint64_t> permuted;
      for (int place : places) {
        shuffled.push_back(numbers[static_cast<size_t>(place)]);
        permuted.push_back(expected[static_cast<size_t>(place)]);
      }
      expect_same(digests_of(job, shuffled, 2), permuted, job.name + " in order " + std::to_string(seed));
    }
  }
}

// Those that tumble hit the ground at any speed: what is far from it in one lane must not ask the others.
void neighbours(const Scale&) {
  std::vector<int> tumbling;
  std::vector<uint64_t> alone;
  for (int number = 0; number < 100; number++) {
    if (kind_of(number) != Kind::kTumble) continue;
    tumbling.push_back(number);
    alone.push_back(digests_of(jobs()[0], {number}, 1)[0]);
  }
  expect_same(digests_of(jobs()[0], tumbling, 1), alone, "tumbling together");
}

void together(const Scale& scale) {
  std::vector<std::thread> callers;
  std::vector<std::exception_ptr> failures(4);
  for (size_t caller = 0; caller < failures.size(); caller++)
    callers.emplace_back([&, caller] {
      try {
        const Job& job = jobs()[caller % 3];
        const std::vector<uint64_t> expected = reference_digests(job, scale);
        const std::vector<int> numbers = motions_of(job, scale);
        for (int repeat = 0; repeat < 3; repeat++)
          expect_same(digests_of(job, numbers, 2), expected, job.name + " beside other batches");
      } catch (...) {
        failures[caller] = std::current_exception();
      }
    });
  for (std::thread& caller : callers) caller.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

const Register kThreads("threads", threads), kSizes("sizes", sizes), kOrder("order", order),
    kNeighbours("neighbours", neighbours), kTogether("together", together);

}  // namespace
}  // namespace selfcorrect::test
