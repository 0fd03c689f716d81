"""How the programs begin that tests of px as a part of a process run, each in a process of its own."""

PREFIX = """
import os, signal, sys, threading, time
import numpy as np
import px

@px.jit
def spin(n):
    s = 0
    for i in range(n):
        s += i % 3
    return s

@px.jit
def half(x):
    return x / 2
"""
