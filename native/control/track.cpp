#include "control/track.h"

#include <memory>

#include "control/tile.h"
#include "control/track_tuned.h"

namespace selfcorrect {

namespace {

bool cancelled(const TrackOptions& options) { return options.cancel && *options.cancel; }

// Tracks up to lane_count<F> references of one frame rate; missing lanes repeat the first one.
template <class F>
void track_tile(const Reference* const* references, int count, const TrackOptions& options,
                const Tuning& tuning, TrackResult* results) {
  const Setting<F> setting(tuning, options, references[0]->fps);
  auto memory = std::make_unique<Tile<F>>();
  Tile<F>& tile = *memory;
  std::vector<Spline> splines(count);
  int frames = 0;
  for (int l = 0; l < lane_count<F>; l++) {
    const int i = l < count ? l : 0;
    load_shape(tile.shape, l, make_humanoid(references[i]->skeleton));
    if (l >= count) continue;
    splines[l] = fit_spline(*references[l], tuning.smoothing);
    frames = std::max(frames, references[l]->frames);
    results[l] = TrackResult{};
    results[l].ok = true;
    results[l].frames = references[l]->frames;
    results[l].motion = *references[l];
    results[l].labels.assign(static_cast<size_t>(references[l]->frames) * kLabels, 0);
  }
  start(tile, splines.data(), count, setting.length);
  for (int l = 0; l < count; l++) record(tile, l, 0, results[l].motion);

  for (int f = 1; f < frames && !cancelled(options); f++) {
    if (f > 1) {
      tile.knots[0] = tile.knots[1];
      load_knot(tile.knots[1], splines.data(), count, f);
    }
    for (F& sole : tile.load.sole) sole = F{};
    for (int s = 1; s <= setting.steps; s++) advance(tile, setting, static_cast<double>(s) / setting.steps);
    F relative, world;
    pose_distance(tile.shape, tile.state.rotation, tile.target.rotation,
                  tile.state.position - tile.target.position, relative, world);
    bool alive = false;
    for (int l = 0; l < count; l++) {
      TrackResult& r = results[l];
      if (!r.ok || f >= r.frames) continue;
      if (!follows<double>(get_lane(relative, l), get_lane(world, l))) {
        r.ok = false;
        r.frames = f;
        continue;  // the sums may hold anything now; those of the frames tracked stay
      }
      record(tile, l, f, r.motion);
      label(tile, l, f, setting.steps, r.labels);
      sum_up(tile.load, l, f, setting.steps, r);
      alive |= f + 1 < r.frames;
    }
    if (!alive) break;
  }
}

// A few motions leave most lanes of a wide tile empty; a narrower one steps in two thirds of the time and
// gives the same bytes.
void track_group(const Reference* const* references, int count, const TrackOptions& options,
                 const Tuning& tuning, TrackResult* results) {
  if constexpr (kLanes > 4)
    if (count <= 4) return track_tile<LaneVector<4>>(references, count, options, tuning, results);
  if constexpr (kLanes > 8)
    if (count <= 8) return track_tile<LaneVector<8>>(references, count, options, tuning, results);
  track_tile<Lanes>(references, count, options, tuning, results);
}

}  // namespace

int track_lanes() { return kLanes; }

void track_tuned(const Reference* const* references, int count, const TrackOptions& options,
                 const Tuning& tuning, TrackResult* results) {
  for (int first = 0; first < count;) {
    if (references[first]->frames < 1) {  // nothing to track is no success
      results[first++] = TrackResult{};
      continue;
    }
    int n = 1;
    while (n < kLanes && first + n < count && references[first + n]->frames > 0 &&
           references[first + n]->fps == references[first]->fps)
      n++;
    track_group(references + first, n, options, tuning, results + first);
    first += n;
  }
}

void track_exact(const Reference& reference, const TrackOptions& options, const Tuning& tuning,
                 TrackResult& result) {
  const Reference* one = &reference;
  track_tile<double>(&one, 1, options, tuning, &result);
}

void track(const Reference* const* references, int count, const TrackOptions& options, TrackResult* results) {
  track_tuned(references, count, options, Tuning{}, results);
}

}  // namespace selfcorrect
