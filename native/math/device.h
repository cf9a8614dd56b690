// One source for processors and graphics cards: what a function or a table needs to be there on both. Empty
// words for a C++ compiler.
#pragma once

#ifdef __CUDACC__
// A function, of a size that is called.
#define SC_CALL __host__ __device__
// A function that is part of its caller.
#define SC_INLINE __host__ __device__ __forceinline__
// A constant array or structure that is indexed at run time: `SC_TABLE int kParent[] = {...};` The threads of
// a warp best index it alike.
#define SC_TABLE __constant__ constexpr
// Before a loop whose body is long: it stays a loop.
#define SC_LOOP _Pragma("unroll 1")
#else
#define SC_CALL
#define SC_INLINE inline __attribute__((always_inline))
#define SC_TABLE constexpr
#define SC_LOOP
#endif

// Every kernel is compiled once per instruction set (isa/kernels.h), and for the graphics card. So that the
// linker never takes the code of one for another, whatever a header defines for kernels is in an inline
// namespace named after the set.
#ifndef SC_ISA
#ifdef __CUDACC__
#define SC_ISA cuda
#else
#define SC_ISA baseline
#define SC_BASELINE
#endif
#endif
