// What comes out: a status for every motion, finite numbers, and the same bytes as ever.
#include <cstdio>

#include "test/digest.h"
#include "test/golden.h"
#include "test/job.h"

namespace selfcorrect::test {
namespace {

constexpr Scale kGoldenScale = {.motions = 24, .sampled = 16};

struct Found {
  std::string name, digest;
};

std::vector<Found> digests_now() {
  Digest inputs;
  for (int number : first_motions(kGoldenScale.motions)) {
    const Motion motion = make_motion(number);
    inputs.add(motion.data(), motion.size() * sizeof(float));
  }
  std::vector<Found> found = {{"inputs", hex(inputs.value())}};
  for (const Job& job : jobs()) {
    const std::vector<uint64_t> digests = reference_digests(job, kGoldenScale);
    Digest all;
    all.add(digests.data(), digests.size() * sizeof digests[0]);
    found.push_back({job.name, hex(all.value())});
  }
  return found;
}

void golden(const Scale&) {
  std::string others;
  const std::vector<Found> found = digests_now();
  for (size_t i = 0; i < found.size(); i++)
    if (i >= std::size(kGolden) || found[i].name != kGolden[i].name || found[i].digest != kGolden[i].digest)
      others += " " + found[i].name + " " + found[i].digest;
  expect(others.empty(), "other digests than those of golden.h:" + others);
}

void expect_status(const Work& work, int i, Status status, Reason reason) {
  const Report& found = work.report(i);
  expect(found.status == status && found.reason == reason,
         "motion " + std::to_string(i) + ": status " + std::to_string(static_cast<int>(found.status)) +
             ", reason " + std::to_string(static_cast<int>(found.reason)));
}

void outcomes(const Scale&) {
  Work work(jobs()[0], first_motions(36));
  work.run(2);
  for (int i = 0; i < work.count(); i++) {
    const std::string which = "motion " + std::to_string(i);
    const Kind kind = kind_of(i);
    if (kind == Kind::kNotFinite)
      expect_status(work, i, Status::kRejected, Reason::kNotFinite);
    else if (kind == Kind::kTooShort)
      expect_status(work, i, Status::kRejected, Reason::kTooShort);
    else if (kind == Kind::kEmpty)
      expect_status(work, i, Status::kRejected, Reason::kEmpty);
    else if (kind == Kind::kTumble)
      expect_status(work, i, Status::kFailed, Reason::kFell);
    else if (kind != Kind::kFall)
      expect_status(work, i, Status::kOk, Reason::kNone);
    expect(work.report(i).status != Status::kRejected || (work.returned(i) && !work.labelled(i)),
           which + ": rejected but changed");
    expect(kind == Kind::kNotFinite || work.finite(i), which + ": not finite");
  }
}

// Without outside help, some motions climb the ladder, and some are sampled: else the other tests would not
// reach that.
void help(const Scale&) {
  const auto count_of = [](const Job& job, auto holds) {
    Work work(job, motions_of(job, kGoldenScale));
    work.run(2);
    int count = 0;
    for (int i = 0; i < work.count(); i++) count += holds(work.report(i));
    return count;
  };
  expect(count_of(jobs()[2], [](const Report& r) { return r.rung > 0; }) > 0, "none climbed the ladder");
  expect(count_of(jobs()[3], [](const Report& r) { return r.sampled && r.status == Status::kOk; }) > 0,
         "none was saved by sampling");
  expect(count_of(jobs()[4], [](const Report& r) { return r.reason == Reason::kKept; }) > 0, "none was kept");
}

const Register kOutcomes("outcomes", outcomes), kHelp("help", help), kGoldenTest("golden", golden);

}  // namespace

void print_digests() {
  for (const Found& found : digests_now())
    std::printf("    {\"%s\", \"%s\"},\n", found.name.c_str(), found.digest.c_str());
}

}  // namespace selfcorrect::test
