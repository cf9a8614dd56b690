#include "control/track.h"

#include "control/track_tuned.h"
#include "isa/kernels.h"

namespace selfcorrect {

namespace {

// Tracks as many references of one frame rate as there are lanes, or fewer.
void track_side_by_side(const Kernels& kernels, const Reference* const* references, int count,
                        const TrackOptions& options, const Tuning& tuning, TrackResult* results) {
  std::vector<Humanoid> bodies;
  std::vector<Spline> splines;
  for (int i = 0; i < count; i++) {
    const Reference& reference = *references[i];
    bodies.push_back(make_humanoid(reference.skeleton));
    splines.push_back(fit_spline(reference, tuning.smoothing));
    results[i] = TrackResult{};
    results[i].ok = true;
    results[i].frames = reference.frames;
    results[i].motion = reference;
    results[i].labels.assign(static_cast<size_t>(reference.frames) * kLabels, 0);
  }
  kernels.track({options, tuning, references[0]->fps, count, bodies.data(), splines.data()}, results);
}

}  // namespace

int track_lanes() { return kernels().lanes; }

void track_tuned(const Reference* const* references, int count, const TrackOptions& options,
                 const Tuning& tuning, TrackResult* results) {
  const Kernels& chosen = kernels();
  for (int first = 0; first < count;) {
    if (references[first]->frames < 1) {  // nothing to track is no success
      results[first++] = TrackResult{};
      continue;
    }
    int n = 1;
    while (n < chosen.lanes && first + n < count && references[first + n]->frames > 0 &&
           references[first + n]->fps == references[first]->fps)
      n++;
    track_side_by_side(kernels(n), references + first, n, options, tuning, results + first);
    first += n;
  }
}

void track_exact(const Reference& reference, const TrackOptions& options, const Tuning& tuning,
                 TrackResult& result) {
  const Reference* one = &reference;
  track_side_by_side(exact_kernels(), &one, 1, options, tuning, &result);
}

void track(const Reference* const* references, int count, const TrackOptions& options, TrackResult* results) {
  track_tuned(references, count, options, Tuning{}, results);
}

}  // namespace selfcorrect
