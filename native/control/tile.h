// One SIMD register's worth of simulations, one per lane: what tracking and sampling share.
#pragma once
#include <algorithm>

#include "control/simulation.h"
#include "math/transpose.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
struct Tile : Simulation<F> {
  Knot<F> knots[2];
  Target<F> target;  // at the end of a frame
};

// Physics step `step`, 1 to s.steps, of a frame. A deviation (`nudge`) wants to be answered at once; else
// every second step is enough.
template <class F>
void advance(Tile<F>& tile, const Setting<F>& s, int step, const Nudge<F>* nudge = nullptr) {
  const Segment<F> segment(tile.knots[0], tile.knots[1], static_cast<double>(step) / s.steps, s.length);
  advance(tile, s, segment, nudge || step % 2 == 1, nudge);
}

// One lane of a structure that is made of F's only, to and from plain numbers, and to another lane.
template <class T, class F = Lanes>
void save_lane(const T& from, int lane, float* to) {
  const F* values = reinterpret_cast<const F*>(&from);
  for (size_t i = 0; i < sizeof(T) / sizeof(F); i++) to[i] = static_cast<float>(get_lane(values[i], lane));
}
template <class T, class F = Lanes>
void load_lane(T& to, int lane, const float* from) {
  F* values = reinterpret_cast<F*>(&to);
  for (size_t i = 0; i < sizeof(T) / sizeof(F); i++) set_lane(values[i], lane, Scalar<F>(from[i]));
}
template <class T, class F = Lanes>
void copy_lane(T& structure, int from, int to) {
  F* values = reinterpret_cast<F*>(&structure);
  for (size_t i = 0; i < sizeof(T) / sizeof(F); i++) set_lane(values[i], to, get_lane(values[i], from));
}

struct KnotPlace {
  const Spline* spline;
  int frame;
};

// The knots of all lanes, place(lane) says where; of a motion's last frame where it is shorter. Asks for the
// numbers of the next frame, which will be wanted when this frame's steps are done.
template <class F, class Place>
void load_knot(Knot<F>& knot, Place place) {
  const auto row = [&](const std::vector<float> Spline::*numbers, int l) {
    const KnotPlace at = place(l);
    return (at.spline->*numbers).data() +
           static_cast<size_t>(std::min(at.frame, at.spline->frames - 1)) * kChannels;
  };
  const auto load = [&](F* to, const std::vector<float> Spline::*numbers) {
    load_rows(to, kChannels, [&](int l) { return row(numbers, l); });
    for (int l = 0; l < lane_count<F>; l++)
      for (int k = 0; k < kChannels; k += 16) __builtin_prefetch(row(numbers, l) + kChannels + k);
  };
  load(knot.value, &Spline::value);
  load(knot.curvature, &Spline::curvature);
  load(knot.drive, &Spline::drive);
}

// Motions that are all at the same frame; missing ones repeat the first.
inline auto in_step(const Spline* splines, int count, int frame) {
  return [=](int l) { return KnotPlace{&splines[l < count ? l : 0], frame}; };
}

// Puts every lane at the first frame of its spline.
template <class F>
void start(Tile<F>& tile, const Spline* splines, int count, double length) {
  load_knot(tile.knots[0], in_step(splines, count, 0));
  load_knot(tile.knots[1], in_step(splines, count, 1));
  evaluate(Segment<F>(tile.knots[0], tile.knots[1], 0, length), tile.target);
  for (int l = 0; l < lane_count<F>; l++) start_lane(tile, tile.target, l);
}

// One lane's pose into a frame of a motion.
template <class F>
void record(const Tile<F>& tile, int lane, Reference& motion, int frame) {
  const size_t f = static_cast<size_t>(frame);
  record(tile.state, lane, motion.root.data() + f * 3, motion.rotation.data() + f * kBodies * 4);
}

}  // namespace SC_ISA
}  // namespace selfcorrect
