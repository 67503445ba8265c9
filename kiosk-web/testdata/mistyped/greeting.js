// A script with two mistakes that the check must find: a wrong argument, and an
// element that may not be there.
import { render } from '../../static/vendor/lit-html/lit-html.js';
import { greeting } from '../typed/greeting.js';

render(greeting(17), document.body);
document.querySelector('a').href = '/kiosk';
