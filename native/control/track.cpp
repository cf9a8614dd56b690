#include "control/track.h"

#include <algorithm>
#include <cmath>

#include "control/tile.h"
#include "control/track_tuned.h"

namespace selfcorrect {

namespace {

// Beyond this, in m, a motion counts as lost. 253 real and generated motions stay within 0.26 m in 99 % of
// cases; a body that falls is past 0.3 m.
constexpr double kMaxRelative = 0.2, kMaxWorld = 0.5;

template <class F>
void load_knot(Knot<F>& knot, const Spline* splines, int count, int frame) {
  for (int l = 0; l < lane_count<F>; l++) {
    const Spline& s = splines[l < count ? l : 0];
    const size_t at = static_cast<size_t>(std::min(frame, s.frames - 1)) * kChannels;
    for (int k = 0; k < kChannels; k++) {
      set_lane(knot.value[k], l, Scalar<F>(s.value[at + k]));
      set_lane(knot.curvature[k], l, Scalar<F>(s.curvature[at + k]));
      set_lane(knot.drive[k], l, Scalar<F>(s.drive[at + k]));
    }
  }
}

template <class F>
void record(const Tile<F>& tile, int lane, int frame, Reference& motion) {
  float* root = &motion.root[static_cast<size_t>(frame) * 3];
  root[0] = static_cast<float>(get_lane(tile.state.position.x, lane));
  root[1] = static_cast<float>(get_lane(tile.state.position.y, lane));
  root[2] = static_cast<float>(get_lane(tile.state.position.z, lane));
  float* q = &motion.rotation[static_cast<size_t>(frame) * kBodies * 4];
  for (const Quat<F>& r : tile.state.rotation) {
    *q++ = static_cast<float>(get_lane(r.w, lane));
    *q++ = static_cast<float>(get_lane(r.x, lane));
    *q++ = static_cast<float>(get_lane(r.y, lane));
    *q++ = static_cast<float>(get_lane(r.z, lane));
  }
}

// Which soles carried the body since the last frame. Frame 0 is given what the first steps after it show.
template <class F>
void label(const Tile<F>& tile, int lane, int frame, int steps, std::vector<uint8_t>& labels) {
  const double least = kLoaded * get_lane(tile.shape.weight, lane) * steps;
  for (int i = 0; i < kLabels; i++) {
    const bool loaded = get_lane(tile.load.sole[i], lane) > least;
    for (int f = frame == 1 ? 0 : frame; f <= frame; f++) labels[f * kLabels + i] = loaded;
  }
}

template <class F>
Ground<F> make_ground(const Tuning& t, double step) {
  using S = Scalar<F>;
  return {S(step),          S(t.ground_stiffness),    S(t.ground_damping),
          S(t.ground_grip), S(t.ground_grip_damping), S(t.ground_friction)};
}

}  // namespace

template <class F>
void track_tile(const Reference* const* references, int count, const TrackOptions& options,
                const Tuning& tuning, TrackResult* results) {
  constexpr int lanes = lane_count<F>;
  const double fps = references[0]->fps;
  const int steps = std::max(1, static_cast<int>(std::lround(options.rate / fps)));
  const double length = 1 / fps, step = length / steps;
  auto memory = std::make_unique<Tile<F>>();
  Tile<F>& tile = *memory;
  std::vector<Spline> splines(count);
  int frames = 0;
  for (int l = 0; l < lanes; l++) {
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
  const Gains<F> gains = make_gains<F>(step);
  const Ground<F> ground = make_ground<F>(tuning, step);
  tile.load = make_load(gains);
  const F force_cap = broadcast<F>(options.force_cap), torque_cap = broadcast<F>(options.torque_cap);

  load_knot(tile.knots[0], splines.data(), count, 0);
  load_knot(tile.knots[1], splines.data(), count, 1);
  evaluate(tile.knots[0], tile.knots[1], 0, length, tile.target);
  tile.state.position = tile.target.position;
  tile.state.velocity = tile.target.velocity;
  std::copy(tile.target.rotation, tile.target.rotation + kBodies, tile.state.rotation);
  std::copy(tile.target.spin, tile.target.spin + kBodies, tile.state.spin);
  for (int l = 0; l < count; l++) record(tile, l, 0, results[l].motion);

  for (int f = 1; f < frames; f++) {
    if (f > 1) {
      tile.knots[0] = tile.knots[1];
      load_knot(tile.knots[1], splines.data(), count, f);
    }
    for (int s = 1; s <= steps; s++) {
      evaluate(tile.knots[0], tile.knots[1], static_cast<double>(s) / steps, length, tile.target);
      advance(tile, tuning, gains, ground, force_cap, torque_cap);
    }
    F relative, world;
    pose_distance(tile.shape, tile.state.rotation, tile.target.rotation,
                  tile.state.position - tile.target.position, relative, world);
    bool alive = false;
    for (int l = 0; l < count; l++) {
      TrackResult& r = results[l];
      if (!r.ok || f >= r.frames) continue;
      // Written so that not-a-number fails.
      if (!(get_lane(relative, l) <= kMaxRelative && get_lane(world, l) <= kMaxWorld)) {
        r.ok = false;
        r.frames = f;
        continue;  // the sums may hold anything now; those of the frames tracked stay
      }
      record(tile, l, f, r.motion);
      label(tile, l, f, steps, r.labels);
      alive |= f + 1 < r.frames;
      const double n = static_cast<double>(f) * steps;
      r.residual_mean = get_lane(tile.force_sum, l) / n;
      r.residual_max = get_lane(tile.force_max, l);
      r.torque_mean = get_lane(tile.torque_sum, l) / n;
      r.support = get_lane(tile.support_sum, l) / n;
      r.torque_max = get_lane(tile.load.moment_max, l);
      r.saturation = get_lane(tile.load.saturated, l) / (n * (kBodies - 1));
      r.effort = std::sqrt(std::min<double>(1, get_lane(tile.load.effort, l)));
    }
    for (F& sole : tile.load.sole) sole = F{};
    if (!alive) break;
  }
}

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
    track_tile<Lanes>(references + first, n, options, tuning, results + first);
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
