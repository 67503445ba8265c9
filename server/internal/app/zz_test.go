package app

import _ "pgregory.net/rapid"
