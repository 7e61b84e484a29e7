#!/bin/sh
echo started
exec sleep 3600
