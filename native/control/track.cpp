#include "control/track.h"

#include <memory>

#include "control/track_tuned.h"
#include "isa/kernels.h"

namespace selfcorrect {

namespace {

// References of one frame rate, one after the other.
class Queue : public Feed {
 public:
  Queue(const Reference* const* references, int count, const TrackOptions& options, const Tuning& tuning,
        TrackResult* results)
      : references_(references), count_(count), options_(options), tuning_(tuning), results_(results) {}

  Runner* next() override {
    if (next_ == count_) return nullptr;
    runners_.push_back(std::make_unique<Ticket>());
    Ticket& ticket = *runners_.back();
    ticket.number = next_;
    begin_tracking(*references_[next_++], options_, tuning_, ticket);
    return &ticket;
  }
  void done(Runner& runner) override {
    results_[static_cast<Ticket&>(runner).number] = std::move(runner.result);
    runner = Runner{};
  }
  int spare(int) override { return 0; }
  void paused(Runner&) override {}

 private:
  struct Ticket : Runner {
    int number = 0;
  };
  const Reference* const* references_;
  const int count_;
  const TrackOptions& options_;
  const Tuning& tuning_;
  TrackResult* results_;
  int next_ = 0;
  std::vector<std::unique_ptr<Ticket>> runners_;
};

void track_queue(const Kernels& kernels, const Reference* const* references, int count,
                 const TrackOptions& options, const Tuning& tuning, TrackResult* results) {
  Queue queue(references, count, options, tuning, results);
  kernels.track({options, tuning, references[0]->fps, kernels.lanes, queue});
}

}  // namespace

void begin_tracking(const Reference& reference, const TrackOptions& options, const Tuning& tuning,
                    Runner& runner) {
  runner.force_cap = options.force_cap;
  runner.torque_cap = options.torque_cap;
  runner.body = make_humanoid(reference.skeleton);
  runner.spline = fit_spline(reference, tuning.smoothing);
  runner.frame = 0;
  runner.carried.clear();
  TrackResult& result = runner.result;
  result = TrackResult{};
  result.ok = true;
  result.frames = reference.frames;
  result.motion = reference;
  result.labels.assign(static_cast<size_t>(reference.frames) * kLabels, 0);
}

void track_tuned(const Reference* const* references, int count, const TrackOptions& options,
                 const Tuning& tuning, TrackResult* results) {
  for (int first = 0; first < count;) {
    if (references[first]->frames < 1) {  // nothing to track is no success
      results[first++] = TrackResult{};
      continue;
    }
    int n = 1;
    while (first + n < count && references[first + n]->frames > 0 &&
           references[first + n]->fps == references[first]->fps)
      n++;
    track_queue(kernels(n), references + first, n, options, tuning, results + first);
    first += n;
  }
}

void track_exact(const Reference& reference, const TrackOptions& options, const Tuning& tuning,
                 TrackResult& result) {
  const Reference* one = &reference;
  track_queue(exact_kernels(), &one, 1, options, tuning, &result);
}

void track(const Reference* const* references, int count, const TrackOptions& options, TrackResult* results) {
  track_tuned(references, count, options, Tuning{}, results);
}

}  // namespace selfcorrect
