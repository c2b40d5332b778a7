"""Tests of the driver's arithmetic: python3 -m unittest discover -s bench"""
